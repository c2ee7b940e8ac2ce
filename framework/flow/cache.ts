/**
 * Content cache of pure host stages: the same stage type, version, options, resources and inputs give the same outputs,
 * so they are computed once, over epochs, runs and pipelines. On disk by `cacache` (atomic writes, integrity checked at
 * every read); in front of it a layer in memory.
 *
 * A cache never fails a run: a damaged entry is computed again, a full disk turns writing off and says so once.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import cacache from 'cacache';
import { defaultCacheBytes } from './cache-root.js';
import { DiskBound, removeEntry } from './disk-bound.js';
import { decode, encode } from './encode.js';
import { digestOf, rememberDigest } from './digest.js';
import { MemoryLayer } from './memory-layer.js';

/** Outputs of one stage for one sample, by port. */
export type StageValues = Readonly<Record<string, unknown>>;

export interface CacheKeyParts {
  readonly use: string;
  readonly pluginVersion: string;
  readonly version: number;
  readonly options: unknown;
  /** Slot → digest. */
  readonly resources: Readonly<Record<string, string>>;
  /** Input port → value. */
  readonly inputs: StageValues;
}

export interface CacheCounters {
  readonly hits: number;
  readonly misses: number;
}

export interface ContentCacheOptions {
  readonly root: string;
  /** Bytes on disk; the least recently used entries are evicted. */
  readonly diskBytes?: number;
  /** The layer in front of the disk; none by default. */
  readonly memory?: MemoryLayer<StageValues>;
  readonly log?: (line: string) => void;
}

/** Raised when the encoding changes: older entries are then never found. */
const format = 1;

export function cacheKey(parts: CacheKeyParts): string {
  const inputs = Object.fromEntries(Object.entries(parts.inputs).map(([port, value]) => [port, digestOf(value)]));
  return createHash('sha256').update(encode({ format, ...parts, inputs })).digest('hex');
}

export class ContentCache {
  readonly #folder: string;
  readonly #memory: MemoryLayer<StageValues>;
  readonly #bound: DiskBound;
  readonly #log: (line: string) => void;
  readonly #counters = new Map<string, { hits: number; misses: number }>();
  #writable = true;

  constructor(options: ContentCacheOptions) {
    this.#folder = join(options.root, 'content');
    this.#memory = options.memory ?? new MemoryLayer(0);
    this.#bound = new DiskBound(this.#folder, options.diskBytes ?? defaultCacheBytes());
    this.#log = options.log ?? (() => undefined);
  }

  /** The stored outputs, or undefined. Counts a hit or a miss for the stage. */
  async get(key: string, stage: string): Promise<StageValues | undefined> {
    const found = this.#memory.get(key) ?? await this.#read(key);
    const counters = this.#counters.get(stage) ?? { hits: 0, misses: 0 };
    this.#counters.set(stage, counters);
    if (found) counters.hits++;
    else counters.misses++;
    return found;
  }

  async put(key: string, values: StageValues): Promise<void> {
    this.#memory.set(key, values);
    if (!this.#writable) return;
    const digests = Object.fromEntries(Object.entries(values).map(([port, value]) => [port, digestOf(value)]));
    const bytes = encode({ values, digests });
    try {
      await this.#bound.open();
      await cacache.put(this.#folder, key, bytes);
      await this.#bound.added(bytes.length);
    } catch (error) {
      this.#writable = false;
      this.#log(`cache: writing is off, ${this.#folder} cannot be written (${(error as Error).message})`);
    }
  }

  /** Hits and misses by stage name. */
  get counters(): ReadonlyMap<string, CacheCounters> {
    return this.#counters;
  }

  async close(): Promise<void> {
    await this.#bound.close();
  }

  async #read(key: string): Promise<StageValues | undefined> {
    let entry: { values: StageValues; digests: Readonly<Record<string, string>> };
    try {
      const { data } = await cacache.get(this.#folder, key);
      entry = decode(data) as typeof entry;
      await this.#bound.used(key).catch(() => undefined); // a missed note of use only ages the entry
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') await this.#forget(key, error as Error);
      return undefined;
    }
    for (const [port, digest] of Object.entries(entry.digests)) rememberDigest(entry.values[port], digest);
    this.#memory.set(key, entry.values);
    return entry.values;
  }

  async #forget(key: string, error: Error): Promise<void> {
    this.#log(`cache: an entry is damaged and will be computed again (${error.message.split('\n')[0]})`);
    const info = await cacache.get.info(this.#folder, key).catch(() => null);
    if (info) await removeEntry(this.#folder, info).catch(() => undefined);
  }
}
