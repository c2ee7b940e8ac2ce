/** What `flow cache` does and says. */
import { clearEntries, listEntries, pruneEntries, usageByStage, verifyEntries, type CacheEntry } from '../flow/cache-admin.js';
import { bytesText, defaultCacheBytes, defaultCacheRoot, parseBytes } from '../flow/cache-root.js';

export interface CacheSettings {
  readonly size?: string;
  readonly limit: number;
  readonly say: (line: string) => void;
}

interface Answer {
  readonly text: string;
  readonly facts: unknown;
}

export async function cacheCommand(action: 'status' | 'list' | 'verify' | 'prune' | 'clear', settings: CacheSettings): Promise<Answer> {
  const root = defaultCacheRoot();
  if (action === 'prune') return prune(root, settings);
  if (action === 'clear') return clear(root);
  const entries = await listEntries(root);
  if (action === 'status') return status(root, entries);
  if (action === 'list') return list(entries, settings.limit);
  return verify(root, entries, settings);
}

async function clear(root: string): Promise<Answer> {
  const removed = await clearEntries(root);
  return { text: `${removed.length} entries removed (${bytesText(bytesOf(removed))}).`, facts: { removed: removed.length } };
}

function status(root: string, entries: readonly CacheEntry[]): Answer {
  const [bytes, limit] = [bytesOf(entries), defaultCacheBytes()];
  const stages = usageByStage(entries);
  const lines = stages.map(({ stage, entries: count, refusals, bytes: size, lastUse }) =>
    `  ${(stage || 'without a note').padEnd(36)} ${String(count).padStart(7)} entries${refusals ? `, ${refusals} of them refusals` : ''}  ${bytesText(size).padStart(9)}  used ${day(lastUse)}`);
  return {
    text: [`${root}: ${entries.length} entries, ${bytesText(bytes)} of at most ${bytesText(limit)}`, ...lines].join('\n'),
    facts: { root, entries: entries.length, bytes, limit, stages },
  };
}

function list(entries: readonly CacheEntry[], limit: number): Answer {
  const shown = entries.slice(0, limit);
  const lines = shown.map(({ key, bytes, lastUse, note }) =>
    `${key.slice(0, 12)}  ${bytesText(bytes).padStart(9)}  ${day(lastUse)}  ${note ? `${note.use} ${note.version}  ${note.sample}${note.refused ? '  (refused)' : ''}` : ''}`);
  return { text: [...lines, entries.length > limit ? `… and ${entries.length - limit} more (--limit)` : ''].filter(Boolean).join('\n'), facts: shown };
}

async function verify(root: string, entries: readonly CacheEntry[], { say }: CacheSettings): Promise<Answer> {
  const damaged = await verifyEntries(root, entries, (done) => {
    if (done % 5000 === 0) say(`${done} of ${entries.length} entries read`);
  });
  const lines = damaged.map(({ key, note }) => `  ${key.slice(0, 12)}  ${note ? `${note.use}  ${note.sample}` : ''}`);
  return {
    text: [`${entries.length} entries read, ${damaged.length} were damaged and are removed; they will be computed again.`, ...lines].join('\n'),
    facts: { entries: entries.length, damaged: damaged.map(({ key, note }) => ({ key, note })) },
  };
}

async function prune(root: string, { size }: CacheSettings): Promise<Answer> {
  const { removed, bytesLeft } = await pruneEntries(root, size ? parseBytes(size, '--size') : defaultCacheBytes());
  return { text: `${removed} entries removed, ${bytesText(bytesLeft)} left.`, facts: { removed, bytesLeft } };
}

function bytesOf(entries: readonly { readonly bytes: number }[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}

function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ');
}
