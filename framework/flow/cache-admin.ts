/** Looking after the content cache from outside of a run: what is in it, whether it is whole, and making it smaller. */
import { rm } from 'node:fs/promises';
import { groupBy } from '../values/group-by.js';
import { contentFolder, type EntryNote } from './cache.js';
import { DiskBound } from './disk-bound.js';
import { entriesOf, findEntry, readEntry, removeEntry, removeFolder, type StoredEntry } from './entry-store.js';
import { readValues } from './glance.js';
import { unpack } from './pack.js';
import { ledgerFolder } from './source-ledger.js';

export interface CacheEntry extends StoredEntry {
  /** Missing where the entry is damaged or was written without one. */
  readonly note?: EntryNote;
}

/** All entries below a cache root, the one used last first. */
export async function listEntries(root: string): Promise<CacheEntry[]> {
  const folder = contentFolder(root);
  const entries: CacheEntry[] = [];
  for (const entry of await entriesOf(folder)) {
    const found = await findEntry(folder, entry.key).catch(() => undefined); // damaged, or gone meanwhile
    const note = found && JSON.parse(found.head.noteText) as EntryNote | null;
    entries.push({ ...entry, note: note ?? undefined });
  }
  return entries.sort((first, second) => second.lastUse - first.lastUse);
}

export interface StageUsage {
  /** Stage type and version; empty for entries without a note. */
  readonly stage: string;
  readonly entries: number;
  readonly refusals: number;
  readonly bytes: number;
  readonly lastUse: number;
}

/** What each stage type takes, the largest first. */
export function usageByStage(entries: readonly CacheEntry[]): StageUsage[] {
  const groups = groupBy(entries, ({ note }) => (note ? `${note.use} version ${note.version}` : ''));
  return [...groups].map(([stage, group]) => ({
    stage,
    entries: group.length,
    refusals: group.filter(({ note }) => note?.refused).length,
    bytes: group.reduce((sum, { bytes }) => sum + bytes, 0),
    lastUse: Math.max(...group.map(({ lastUse }) => lastUse)),
  })).sort((first, second) => second.bytes - first.bytes);
}

/** Reads every entry; damaged ones are removed, so that they are computed again. Returns those. What the file system does not give is left alone. */
export async function verifyEntries(root: string, entries: readonly CacheEntry[], progress: (done: number) => void): Promise<CacheEntry[]> {
  const folder = contentFolder(root);
  const damaged: CacheEntry[] = [];
  for (const [index, entry] of entries.entries()) {
    try {
      readValues(await unpack((await readEntry(folder, entry.key)).content));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) {
        damaged.push(entry);
        await removeEntry(folder, entry.key).catch(() => undefined);
      }
    }
    progress(index + 1);
  }
  return damaged;
}

/** Removes the entries used longest ago until at most so many bytes are left. Returns how many went. */
export async function pruneEntries(root: string, bytes: number): Promise<{ readonly removed: number; readonly bytesLeft: number }> {
  const entries = (await entriesOf(contentFolder(root))).sort((first, second) => first.lastUse - second.lastUse);
  let left = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  let removed = 0;
  for (const oldest of entries) {
    if (left <= bytes) break;
    await removeEntry(contentFolder(root), oldest.key);
    removed++;
    left -= oldest.bytes;
  }
  await new DiskBound(contentFolder(root), bytes).recount();
  return { removed, bytesLeft: left };
}

/** Removes all entries and what sources gave, also while others write; resources that were built stay. Says what entries there were. */
export async function clearEntries(root: string): Promise<StoredEntry[]> {
  const entries = await entriesOf(contentFolder(root));
  await removeFolder(contentFolder(root));
  await rm(`${contentFolder(root)}-usage.json`, { force: true });
  await removeFolder(ledgerFolder(root));
  return entries;
}
