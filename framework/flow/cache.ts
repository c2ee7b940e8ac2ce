/**
 * Content cache of pure host stages: the same stage type, version, options, resources and inputs give the same outputs,
 * so they are computed once, over epochs, runs and pipelines. On disk a file for each entry (`entry-store.ts`: written
 * whole or not at all, checked at every read); in front of it a layer in memory.
 *
 * A cache never fails a run: a damaged entry is computed again, one that cannot be written is left out, a full disk turns writing off.
 */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { withBytes } from './bytes-for-floats.js';
import { defaultCacheBytes } from './cache-root.js';
import { DiskBound } from './disk-bound.js';
import { encode } from './encode.js';
import { CacheReader } from './cache-reader.js';
import type { EntryAnswer, FoundBytes } from './entry-answer.js';
import { removeEntry, writeEntry } from './entry-store.js';
import { digestOf } from './digest.js';
import type { Refused } from './error-policy.js';
import { glanceBytes, readGlance, readValues, type Glanced } from './glance.js';
import { MemoryLayer } from './memory-layer.js';
import { pack } from './pack.js';
import type { StageValues } from './stage-values.js';

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
  /** See `CacheReader`. */
  readonly inPlace?: number;
}

/** Behind the key of an entry that holds no values but a refusal. */
const refusalSuffix = '.refused';

/** So many failures to write, one after the other, turn writing off. */
const mostFailures = 3;

/** Raised when the encoding changes: older entries are then never found. */
const format = 3;

/** What a key is made of, with inputs by their digests; kept beside each entry, so that a miss can be explained. */
export interface KeyContent extends Omit<CacheKeyParts, 'inputs'> {
  /** Input port → digest. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** What is written beside an entry. */
export interface EntryNote extends KeyContent {
  /** The sample for which it was computed first. */
  readonly sample: string;
  /** It holds no values: the stage refused this input. */
  readonly refused?: boolean;
}

export function keyContent(parts: CacheKeyParts): KeyContent {
  return { ...parts, inputs: Object.fromEntries(Object.entries(parts.inputs).map(([port, value]) => [port, digestOf(value)])) };
}

export function cacheKey(parts: CacheKeyParts): string {
  return keyOf(keyContent(parts));
}

/** Digests of options and resources are remembered, so that a key costs one short hash. */
export function keyOf({ use, pluginVersion, version, options, resources, inputs }: KeyContent): string {
  const parts = [`${format}`, use, pluginVersion, `${version}`, digestOf(options), digestOf(resources)];
  for (const port of Object.keys(inputs).sort()) parts.push(port, inputs[port]);
  return hash('sha256', parts.join('\n'));
}

/** The folder of the entries below a cache root. */
export function contentFolder(root: string): string {
  return join(root, 'content');
}

export class ContentCache {
  readonly #folder: string;
  readonly #memory: MemoryLayer<StageValues>;
  readonly #bound: DiskBound;
  readonly #reader: CacheReader;
  readonly #log: (line: string) => void;
  readonly #counters = new Map<string, { hits: number; misses: number }>();
  #writable = true;
  #failures = 0;
  #failedBefore = false;

  constructor(options: ContentCacheOptions) {
    this.#folder = contentFolder(options.root);
    this.#memory = options.memory ?? new MemoryLayer(0);
    this.#log = options.log ?? (() => undefined);
    this.#bound = new DiskBound(this.#folder, options.diskBytes ?? defaultCacheBytes(), (line) => this.#log(`cache: ${line}`));
    this.#reader = new CacheReader((line) => this.#log(`cache: ${line}`), options.inPlace);
  }

  /** The stored outputs, or undefined. Counts a hit or a miss for the stage. */
  async get(key: string, stage: string): Promise<StageValues | undefined> {
    return this.#counted(stage, await this.#used(key));
  }

  /** As `get`, but large values may be left to `values`, which then gives undefined where they are damaged or gone. */
  async glance(key: string, stage: string): Promise<Glanced | undefined> {
    const known = this.#memory.get(key);
    if (known) this.#bound.used(key);
    return this.#counted(stage, known ? { values: known, digests: {} } : await this.#glance(key));
  }

  /** The stored outputs, or undefined, for whoever has glanced at the entry before. */
  async values(key: string): Promise<StageValues | undefined> {
    return this.#memory.get(key) ?? await this.#read(key);
  }

  /** `note` is written beside the values. */
  async put(key: string, values: StageValues, note?: EntryNote): Promise<void> {
    this.#memory.set(key, values);
    if (!this.#writable) return;
    const digests = Object.fromEntries(Object.entries(values).map(([port, value]) => [port, digestOf(value)]));
    const encoded = encode({ values: withBytes(values), digests });
    try {
      const bytes = await pack(encoded);
      await this.#bound.open();
      const size = await writeEntry(this.#folder, { key, note, glance: glanceBytes({ values, digests }, bytes), content: bytes });
      await this.#bound.added(size);
      this.#failures = 0;
    } catch (error) {
      this.#notWritten(error as Error);
    }
  }

  /** That the stage refused this input, so that no later run tries again. */
  async putRefusal(key: string, refused: Refused, note: EntryNote): Promise<void> {
    await this.put(`${key}${refusalSuffix}`, { refused: refused as unknown }, { ...note, refused: true });
  }

  async refusal(key: string): Promise<Refused | undefined> {
    return (await this.#used(`${key}${refusalSuffix}`))?.refused as Refused | undefined;
  }

  /** Hits and misses by stage name. */
  get counters(): ReadonlyMap<string, CacheCounters> {
    return this.#counters;
  }

  async close(): Promise<void> {
    await this.#reader.close();
    await this.#bound.close();
  }

  #notWritten({ message }: Error): void {
    if (!this.#failedBefore) this.#log(`cache: an entry could not be written (${message})`);
    this.#failedBefore = true;
    this.#failures++;
    if (!this.#writable || this.#failures < mostFailures) return;
    this.#writable = false;
    this.#log(`cache: writing is off, ${this.#folder} cannot be written (${message})`);
  }

  #counted<T>(stage: string, found: T | undefined): T | undefined {
    const counters = this.#counters.get(stage) ?? { hits: 0, misses: 0 };
    this.#counters.set(stage, counters);
    if (found) counters.hits++;
    else counters.misses++;
    return found;
  }

  /** The stored outputs, whose use is noted. */
  async #used(key: string): Promise<StageValues | undefined> {
    const known = this.#memory.get(key);
    if (known) this.#bound.used(key);
    return known ?? this.#read(key, this.#bound.notedSince);
  }

  async #glance(key: string): Promise<Glanced | undefined> {
    const answer = await this.#reader.ask({ folder: this.#folder, key, whole: false, notedSince: this.#bound.notedSince });
    return this.#unlessDamaged(key, answer, ({ kind, bytes }) => (kind === 'glance' ? readGlance(bytes) : { values: readValues(bytes), digests: {} }));
  }

  async #read(key: string, notedSince?: number): Promise<StageValues | undefined> {
    const answer = await this.#reader.ask({ folder: this.#folder, key, whole: true, notedSince });
    const values = await this.#unlessDamaged(key, answer, ({ bytes }) => readValues(bytes));
    if (values) this.#memory.set(key, values);
    return values;
  }

  /** Undefined also where there is no entry. One that is damaged is removed, and said. */
  async #unlessDamaged<T>(key: string, answer: EntryAnswer, read: (found: FoundBytes) => T): Promise<T | undefined> {
    try {
      if (answer.kind === 'damaged') throw new Error(answer.message);
      return answer.kind === 'none' ? undefined : read(answer);
    } catch (error) {
      this.#log(`cache: an entry is damaged and will be computed again (${(error as Error).message.split('\n')[0]})`);
      await removeEntry(this.#folder, key).catch(() => undefined);
      return undefined;
    }
  }
}
