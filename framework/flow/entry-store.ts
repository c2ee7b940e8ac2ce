/** The files of the cache: one for each entry, in folders by the first two characters of its key. */
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
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
  /** Milliseconds since 1970, as noted: a run notes its first use of an entry, and then one an hour at most. */
  readonly lastUse: number;
}

/** Unfinished files lie here. */
const unfinishedFolder = 'unfinished';

/** Unfinished files that are older, in milliseconds, are nobody's any more. */
const abandonedAfter = 3_600_000;

/** Small entries take less as a whole, and heads do unless their notes are long. */
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

/** Puts off when the entry goes, unless a use was noted after `since` (milliseconds since 1970). `lastUse`: as noted, where it is known already. */
export function noteUse(folder: string, key: string, since: number, lastUse?: number): void {
  const file = entryFile(folder, key);
  const now = Date.now() / 1000;
  try {
    if ((lastUse ?? statSync(file).mtimeMs) < since) utimesSync(file, now, now);
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
  const file = entryFile(folder, entry.key);
  const writeAndMove = async (): Promise<void> => {
    await write(unfinished, bytes);
    renameSync(unfinished, file);
  };
  try {
    await writeAndMove().catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      for (const path of [unfinished, file]) mkdirSync(dirname(path), { recursive: true }); // nobody has made them yet, or someone clears the cache
      await writeAndMove();
    });
    return bytes.length;
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
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
      return stats?.isFile() && key.slice(0, 2) === name ? [{ key, bytes: stats.size, lastUse: stats.mtimeMs }] : [];
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
    if (Date.now() - mtimeMs > abandonedAfter) await rm(file, { force: true }).catch(() => undefined);
  }));
}

/** Removes a folder that others may be writing to: to them it is gone at once. What an earlier call could not finish goes too. */
export async function removeFolder(folder: string): Promise<void> {
  const [parent, removed] = [dirname(folder), `${basename(folder)}.removed-`];
  await rename(folder, join(parent, removed + randomUUID())).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  const names = (await readdir(parent).catch(() => [])).filter((name) => name.startsWith(removed));
  await Promise.all(names.map((name) => rm(join(parent, name), { recursive: true, force: true })));
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
