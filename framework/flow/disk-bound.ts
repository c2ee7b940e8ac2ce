/**
 * Keeps a folder of entries below a number of bytes. Whoever reads an entry notes its use here; when the bound is passed, the folder is listed
 * once and the entries unused for longest go, down to nine tenths. Between runs the total lies in a file beside the folder, which the next run
 * takes away: where a run was killed, or two ran side by side, there is none and the folder is counted. While processes share the folder, each
 * knows of the others' entries only what it counted last.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { bytesText } from './cache-root.js';
import { entriesOf, noteUse, removeEntry, removeUnfinished } from './entry-store.js';

const keepShare = 0.9;

/** Within a run uses are noted so often, in milliseconds: noting one takes longer than looking. */
const noteEvery = 3_600_000;

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

  /** A use need not be noted where that was done after this time, in milliseconds since 1970. */
  get notedSince(): number {
    return Math.max(this.#began, Date.now() - noteEvery);
  }

  /** Notes the use of an entry that was not read for it. */
  used(key: string): void {
    noteUse(this.#folder, key, this.notedSince);
  }

  /** Rejects where the folder is too large and its entries cannot be removed. */
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
    if (!this.#opened) return;
    const noted = writeFile(this.#usageFile, JSON.stringify({ bytes: this.#bytes }), { flag: 'wx' });
    await noted.catch(() => rm(this.#usageFile, { force: true })).catch(() => undefined); // another process has written too
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
      const { bytes } = JSON.parse(await readFile(this.#usageFile, 'utf8')) as { bytes: number };
      await rm(this.#usageFile);
      return bytes;
    } catch {
      return sizeOf(await entriesOf(this.#folder));
    }
  }

  async #evict(): Promise<void> {
    await removeUnfinished(this.#folder);
    const entries = (await entriesOf(this.#folder)).sort((a, b) => a.lastUse - b.lastUse);
    this.#bytes = sizeOf(entries);
    let failure: unknown;
    for (const entry of entries) {
      if (this.#bytes <= keepShare * this.#limit) break;
      if (entry.lastUse > this.#began) this.#warn();
      try {
        await removeEntry(this.#folder, entry.key);
        this.#bytes -= entry.bytes;
      } catch (error) {
        failure = error;
      }
    }
    if (this.#bytes > this.#limit) throw failure;
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
