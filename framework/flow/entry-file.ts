/**
 * An entry of the cache as one file: a line of sizes and checksums, a note in JSON for whoever looks after the cache, what a glance at the entry
 * tells (`glance.ts`), and the content. All before the content is its head; it takes a multiple of eight bytes, so that arrays in the
 * content can be used where they lie. Checksums are SHA-1: against damage, not against malice.
 */
import { hash } from 'node:crypto';

export interface Entry {
  /** ASCII without spaces. */
  readonly key: string;
  /** JSON: of what the entry is the result. */
  readonly note: unknown;
  /** Empty where the content itself is small. */
  readonly glance: Uint8Array;
  readonly content: Uint8Array;
}

export interface EntryHead {
  readonly noteText: string;
  readonly glance: Uint8Array;
  /** Where the content begins, in bytes. */
  readonly size: number;
  readonly contentSize: number;
  readonly contentSum: string;
}

const alignment = 8;
const newline = 10;

/** The file of an entry. */
export function entryBytes({ key, note, glance, content }: Entry): Buffer {
  const noteBytes = Buffer.from(JSON.stringify(note ?? null));
  const line = [key, noteBytes.length, glance.length, content.length, sumOf(content)].join(' ');
  const unpadded = `${sumOf('')} ${line}\n`.length + noteBytes.length + glance.length;
  const summed = Buffer.concat([Buffer.from(` ${line}${' '.repeat(-unpadded & (alignment - 1))}\n`), noteBytes, glance]);
  return Buffer.concat([Buffer.from(sumOf(summed)), summed, content]);
}

/** The head, from the first bytes of a file; undefined when it takes more of them. Throws when it is not what was written for this key. */
export function headOf(key: string, bytes: Buffer): EntryHead | undefined {
  const lineEnd = bytes.indexOf(newline);
  const [sum, writtenKey, ...numbers] = bytes.toString('latin1', 0, Math.max(0, lineEnd)).split(' ');
  const [noteSize, glanceSize, contentSize] = numbers.map(Number);
  const noteEnd = lineEnd + 1 + noteSize;
  const size = noteEnd + glanceSize;
  if (size > bytes.length) return undefined;
  if (writtenKey !== key || sum !== sumOf(bytes.subarray(sum.length, size))) throw new Error('its head is not what was written');
  return { noteText: bytes.toString('utf8', lineEnd + 1, noteEnd), glance: Buffer.from(bytes.subarray(noteEnd, size)), size, contentSize, contentSum: numbers[3] };
}

/** The content, from all bytes of a file. Throws when it is not what was written. */
export function contentOf({ size, contentSize, contentSum }: EntryHead, bytes: Buffer): Buffer {
  const content = bytes.subarray(size);
  if (content.length !== contentSize || sumOf(content) !== contentSum) throw new Error('its content is not what was written');
  return content;
}

function sumOf(bytes: Uint8Array | string): string {
  return hash('sha1', bytes);
}
