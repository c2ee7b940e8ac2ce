import { isTypedArray } from './encode.js';

/** A map bounded in bytes; the least recently used entries go first. Keeps small data sets out of the way of the disk. */
export class MemoryLayer<T> {
  readonly #entries = new Map<string, { readonly value: T; readonly bytes: number }>();
  readonly #limit: number;
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key); // insertion order is the order of use
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Keeps the value unless it alone is larger than the bound. */
  set(key: string, value: T): void {
    if (this.#limit === 0) return; // nothing is kept, so nothing is counted
    this.delete(key);
    const bytes = bytesOf(value);
    if (bytes > this.#limit) return;
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#limit) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }
}

/** Bytes of a host value: exact for typed arrays, an estimate for the rest. */
export function bytesOf(value: unknown): number {
  if (isTypedArray(value)) return value.byteLength + 64;
  if (typeof value === 'string') return 2 * value.length + 16;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + bytesOf(item), 16);
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).reduce((sum, [key, item]) => sum + 2 * key.length + bytesOf(item), 32);
  }
  return 8;
}
