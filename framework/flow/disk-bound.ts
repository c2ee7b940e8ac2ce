/**
 * Keeps a `cacache` folder below a number of bytes. Reading touches an entry's file in the index, so that its time is that of its last
 * use; when the bound is passed, the folder is listed once and the entries unused for longest go, down to nine tenths.
 * The running total lives in `usage.json` beside the folder; it may drift when processes share the folder, and every
 * eviction counts anew.
 */
import { utimesSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import cacache from 'cacache';
import { bytesText } from './cache-root.js';
import { indexFile } from './find-entry.js';

export interface StoredEntry {
  readonly key: string;
  readonly integrity: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly lastUse: number;
  /** What was written beside it. */
  readonly metadata: unknown;
}

const keepShare = 0.9;

export class DiskBound {
  readonly #folder: string;
  readonly #limit: number;
  readonly #log: (line: string) => void;
  readonly #began = Date.now();
  readonly #touched = new Set<string>();
  #warned = false;
  #opened: Promise<void> | undefined;
  #bytes = 0;
  #evicting: Promise<void> | undefined;

  constructor(folder: string, limitBytes: number, log: (line: string) => void = () => undefined) {
    this.#folder = folder;
    this.#limit = limitBytes;
    this.#log = log;
  }

  /** Learns what is there already; call it before the first write. */
  open(): Promise<void> {
    this.#opened ??= this.#readUsage().then((bytes) => {
      this.#bytes = bytes;
    });
    return this.#opened;
  }

  async added(bytes: number): Promise<void> {
    this.#bytes += bytes;
    if (this.#bytes <= this.#limit) return;
    this.#evicting ??= this.#evict().finally(() => {
      this.#evicting = undefined;
    });
    await this.#evicting;
  }

  /** Notes a use of the entry of which the index speaks in this file: once in a process is enough. */
  used(index: string): void {
    if (this.#touched.has(index)) return;
    this.#touched.add(index);
    const now = Date.now() / 1000;
    try {
      utimesSync(index, now, now); // of a file just read: nothing to wait for
    } catch {
      return; // a missed note of use only ages the entry
    }
  }

  async close(): Promise<void> {
    await this.#evicting;
    if (this.#opened) await writeFile(this.#usageFile, JSON.stringify({ bytes: this.#bytes })).catch(() => undefined);
  }

  /** Counts what is there and notes it, after entries went by another way. */
  async recount(): Promise<void> {
    const bytes = (await entriesOf(this.#folder)).reduce((sum, entry) => sum + entry.size, 0);
    await writeFile(this.#usageFile, JSON.stringify({ bytes })).catch(() => undefined);
  }

  get #usageFile(): string {
    return `${this.#folder}-usage.json`;
  }

  async #readUsage(): Promise<number> {
    try {
      return (JSON.parse(await readFile(this.#usageFile, 'utf8')) as { bytes: number }).bytes;
    } catch {
      return (await entriesOf(this.#folder)).reduce((sum, entry) => sum + entry.size, 0);
    }
  }

  async #evict(): Promise<void> {
    const entries = (await entriesOf(this.#folder)).sort((a, b) => a.lastUse - b.lastUse);
    let bytes = entries.reduce((sum, entry) => sum + entry.size, 0);
    for (const entry of entries) {
      if (bytes <= keepShare * this.#limit) break;
      if (entry.lastUse > this.#began) this.#warn();
      await removeEntry(this.#folder, entry);
      bytes -= entry.size;
    }
    this.#bytes = bytes;
    await writeFile(this.#usageFile, JSON.stringify({ bytes }));
  }

  /** Where a run needs more than the bound, every epoch throws away what the next one begins with. */
  #warn(): void {
    if (!this.#warned) this.#log(`${bytesText(this.#limit)} do not hold what this run computes, so some of it will be computed again; FLOW_CACHE_SIZE sets the bound`);
    this.#warned = true;
  }
}

/** All entries of a `cacache` folder; none when there is no such folder. */
export async function entriesOf(folder: string): Promise<StoredEntry[]> {
  const found = Object.values(await cacache.ls(folder).catch(() => ({})));
  return Promise.all(found.map(async ({ key, integrity, size, time, metadata }) => ({ key, integrity, size, metadata, lastUse: await lastUseOf(folder, key, time) })));
}

/** When an entry was used last; it was written at `time`. */
async function lastUseOf(folder: string, key: string, time: number): Promise<number> {
  return stat(indexFile(folder, key)).then(({ mtimeMs }) => mtimeMs, () => time);
}

/** Removes an entry with its content. `removeFully` is missing from the published types; without it a marker file stays. */
export async function removeEntry(folder: string, entry: { readonly key: string; readonly integrity: string }): Promise<void> {
  await cacache.rm.content(folder, entry.integrity);
  const removeFully = cacache.rm.entry as (folder: string, key: string, options: { removeFully: boolean }) => Promise<unknown>;
  await removeFully(folder, entry.key, { removeFully: true });
}
