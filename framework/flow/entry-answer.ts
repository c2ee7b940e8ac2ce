/**
 * What a reader of the cache is told about an entry, as bytes: they cross to another thread as they are. Computed on the main thread or on the
 * thread that reads ahead of it (`cache-reader.ts`), in either case here.
 */
import { findEntry, noteUse, readEntry } from './entry-store.js';
import { unpack } from './pack.js';

export interface EntryQuestion {
  readonly folder: string;
  readonly key: string;
  /** All values; else small ones alone may do (`glance.ts`). */
  readonly whole: boolean;
  /** The use is noted unless that was done after this time, in milliseconds since 1970; never where it is left out. */
  readonly notedSince?: number;
}

/** What `glanceBytes` made, or what `encode` made of all values and their digests. */
export interface FoundBytes {
  readonly kind: 'glance' | 'values';
  readonly bytes: Uint8Array;
}

export type EntryAnswer =
  | FoundBytes
  /** There is no such entry, or none that the file system gives. */
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged'; readonly message: string };

export async function answerOf({ folder, key, whole, notedSince }: EntryQuestion): Promise<EntryAnswer> {
  try {
    const found = whole ? undefined : await findEntry(folder, key);
    if (!whole && !found) return { kind: 'none' };
    const glance = found?.head.glance;
    const answer: EntryAnswer = glance && glance.length > 0
      ? { kind: 'glance', bytes: glance }
      : { kind: 'values', bytes: await unpack(found?.content ?? (await readEntry(folder, key)).content) };
    if (notedSince !== undefined) noteUse(folder, key, notedSince, found?.lastUse);
    return answer;
  } catch (error) {
    return (error as NodeJS.ErrnoException).syscall === undefined ? { kind: 'damaged', message: (error as Error).message } : { kind: 'none' };
  }
}
