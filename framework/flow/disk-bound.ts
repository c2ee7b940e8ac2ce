/**
 * Keeps a folder of entries below a number of bytes. Reading an entry notes its use; when the bound is passed, the folder is listed once and the
 * entries unused for longest go, down to nine tenths. The running total lives in a file beside the folder; it may drift when processes share
 * the folder, and every eviction counts anew.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { bytesText } from './cache-root.js';
import { entriesOf, removeEntry, removeUnfinished } from './entry-store.js';

const keepShare = 0.9;

export class DiskBound {
  readonly #folder: string;
  readonly #limit: number;
  readonly #log: (line: string) => void;
  readonly #began = Date.now();
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

  async close(): Promise<void> {
    await this.#evicting;
    if (this.#opened) await writeFile(this.#usageFile, JSON.stringify({ bytes: this.#bytes })).catch(() => undefined);
  }

  /** Counts what is there and notes it, after entries went by another way. */
  async recount(): Promise<void> {
    const bytes = sizeOf(await entriesOf(this.#folder));
    await writeFile(this.#usageFile, JSON.stringify({ bytes })).catch(() => undefined);
  }

  get #usageFile(): string {
    return `${this.#folder}-usage.json`;
  }

  async #readUsage(): Promise<number> {
    try {
      return (JSON.parse(await readFile(this.#usageFile, 'utf8')) as { bytes: number }).bytes;
    } catch {
      return sizeOf(await entriesOf(this.#folder));
    }
  }

  async #evict(): Promise<void> {
    await removeUnfinished(this.#folder);
    const entries = (await entriesOf(this.#folder)).sort((a, b) => a.lastUse - b.lastUse);
    let bytes = sizeOf(entries);
    for (const entry of entries) {
      if (bytes <= keepShare * this.#limit) break;
      if (entry.lastUse > this.#began) this.#warn();
      await removeEntry(this.#folder, entry.key);
      bytes -= entry.bytes;
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

function sizeOf(entries: readonly { readonly bytes: number }[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}
