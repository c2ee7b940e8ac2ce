/** The files of the cache: one for each entry, in folders by the first two characters of its key. */
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { Hurry } from '../values/hurry.js';
import { readWhole } from '../values/read-whole.js';
import { contentOf, entryBytes, headOf, type Entry, type EntryHead } from './entry-file.js';

export interface FoundEntry {
  readonly head: EntryHead;
  /** Of a small entry, which is read with its head. */
  readonly content?: Buffer;
  /** Milliseconds since 1970, as noted. */
  readonly lastUse: number;
}

export interface StoredEntry {
  readonly key: string;
  /** Of its file. */
  readonly bytes: number;
  /** Milliseconds since 1970, too early by an hour at most. */
  readonly lastUse: number;
}

/** Unfinished files lie here. */
const unfinishedFolder = 'unfinished';

/** A use is noted in a file's time when the last note is older, in milliseconds: noting it takes longer than looking. */
const noteEvery = 3_600_000;

/** Heads, and small entries as a whole, take less. */
const firstBytes = 4096;
const first = Buffer.alloc(firstBytes);

/** An entry by its first bytes; undefined where there is none. Rejects when they are not what was written, and as the file system does. */
export async function findEntry(folder: string, key: string): Promise<FoundEntry | undefined> {
  const read = readFirst(entryFile(folder, key));
  if (!read) return undefined;
  const { size, lastUse } = read;
  const bytes = first.subarray(0, size);
  const head = headOf(key, bytes);
  if (!head) return { ...await readEntry(folder, key), lastUse };
  return { head, content: size === firstBytes ? undefined : Buffer.from(contentOf(head, bytes)), lastUse }; // `first` serves the next entry
}

/** An entry as a whole. Rejects as `findEntry` does, and where there is none. */
export async function readEntry(folder: string, key: string): Promise<{ readonly head: EntryHead; readonly content: Buffer }> {
  const bytes = await readWhole(entryFile(folder, key));
  const head = headOf(key, bytes);
  if (!head) throw new Error('it ends too early');
  return { head, content: contentOf(head, bytes) };
}

/** Puts off when the entry goes. `lastUse`: as noted, where it is known already. */
export function noteUse(folder: string, key: string, lastUse?: number): void {
  const file = entryFile(folder, key);
  const now = Date.now();
  try {
    if (now - (lastUse ?? statSync(file).mtimeMs) > noteEvery) utimesSync(file, now / 1000, now / 1000);
  } catch {
    return; // a missed note of use only ages the entry
  }
}

/** Larger files are written on another thread, smaller ones only while the disk keeps up: handing them over costs seven times as much. */
const handOverBytes = 2 ** 18;
const hurry = new Hurry();

/** Appears whole or not at all; another process may be writing the same. Resolves to the size of the file; rejects as the file system does. */
export async function writeEntry(folder: string, entry: Entry): Promise<number> {
  const bytes = entryBytes(entry);
  const unfinished = join(folder, unfinishedFolder, randomUUID());
  try {
    await write(unfinished, bytes).catch(async () => {
      mkdirSync(dirname(unfinished), { recursive: true });
      await write(unfinished, bytes);
    });
    moveTo(entryFile(folder, entry.key), unfinished);
    return bytes.length;
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** Does nothing where there is no such entry. */
export async function removeEntry(folder: string, key: string): Promise<void> {
  await rm(entryFile(folder, key), { force: true });
}

/** All entries; none when there is no such folder. */
export async function entriesOf(folder: string): Promise<StoredEntry[]> {
  const names = await readdir(folder).catch(() => []);
  const entries = await Promise.all(names.filter((name) => name !== unfinishedFolder).map(async (name) => {
    const keys = await readdir(join(folder, name)).catch(() => []);
    return Promise.all(keys.map(async (key) => {
      const stats = await stat(join(folder, name, key)).catch(() => undefined); // another process may have removed it meanwhile
      return stats?.isFile() && key.startsWith(name) ? [{ key, bytes: stats.size, lastUse: stats.mtimeMs }] : [];
    }));
  }));
  return entries.flat(2);
}

/** Removes what processes that were killed left behind. */
export async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(join(folder, unfinishedFolder)).catch(() => []);
  await Promise.all(names.map(async (name) => {
    const file = join(folder, unfinishedFolder, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > noteEvery) await rm(file, { force: true });
  }));
}

function entryFile(folder: string, key: string): string {
  return `${folder}${sep}${key.slice(0, 2)}${sep}${key}`;
}

/** Into `first`, in place: handing a few system calls to another thread costs the processor six times as much. Undefined without such a file. */
function readFirst(file: string): { readonly size: number; readonly lastUse: number } | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return { size: readSync(descriptor, first, 0, firstBytes, 0), lastUse: fstatSync(descriptor).mtimeMs };
  } finally {
    closeSync(descriptor);
  }
}

async function write(file: string, bytes: Buffer): Promise<void> {
  if (bytes.length <= handOverBytes && hurry.now()) hurry.timed(() => writeFileSync(file, bytes));
  else await writeFile(file, bytes);
}

/** Makes the folder where there is none yet. */
function moveTo(file: string, unfinished: string): void {
  try {
    renameSync(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(dirname(file), { recursive: true });
    renameSync(unfinished, file);
  }
}
