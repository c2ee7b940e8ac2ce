/**
 * Entries as they lie on disk, in the layout of `cacache` (see `find-entry.ts`), which lists and removes them: large ones have a file for their
 * bytes, small ones lie in the index as a whole. Writing takes a fifth of the file operations that `cacache.put` makes, and a third of its time.
 */
import { hash, randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Hurry } from '../values/hurry.js';
import { readWhole } from '../values/read-whole.js';
import { contentFile, indexFile, indexLine, type FoundEntry } from './find-entry.js';
import type { StoredGlance } from './glance.js';

/** What the index says beside an entry's place. Entries of earlier versions have no glance. */
export interface EntryMetadata {
  readonly glance?: StoredGlance;
}

/** A small entry costs one file instead of two, and none that only holds a few bytes of its block. Rejects as the file system does. */
export async function writeEntry(folder: string, key: string, bytes: Buffer, metadata: EntryMetadata): Promise<void> {
  const integrity = integrityOf(bytes);
  const isSmall = metadata.glance && 'entry' in metadata.glance;
  if (!isSmall) await writeContent(folder, contentFile(folder, integrity), bytes);
  const line = indexLine({ key, integrity, time: Date.now(), size: bytes.length, metadata });
  inFolder(indexFile(folder, key), (file) => appendFileSync(file, `\n${line}`)); // after the content, which it promises
}

/** Larger contents are written on another thread, smaller ones only while the disk keeps up: handing them over costs seven times as much. */
const handOverBytes = 2 ** 18;
const hurry = new Hurry();

/** Appears whole or not at all; another process may be writing the same. */
async function writeContent(folder: string, file: string, bytes: Buffer): Promise<void> {
  const unfinished = join(folder, 'tmp', randomUUID());
  try {
    await write(unfinished, bytes).catch(async () => {
      mkdirSync(dirname(unfinished), { recursive: true });
      await write(unfinished, bytes);
    });
    inFolder(file, () => renameSync(unfinished, file));
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

async function write(file: string, bytes: Buffer): Promise<void> {
  if (bytes.length <= handOverBytes && hurry.now()) hurry.timed(() => writeFileSync(file, bytes));
  else await writeFile(file, bytes);
}

/** Makes the file's folder where there is none yet. A short operation on names is done in place: handing it to another thread costs more. */
function inFolder(file: string, operation: (file: string) => void): void {
  try {
    operation(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(dirname(file), { recursive: true });
    operation(file);
  }
}

/** The bytes of an entry that was found; `cacache.get` would look for it once more. Rejects when they are not what was written. */
export async function readBytes({ path, integrity, metadata }: FoundEntry): Promise<Buffer> {
  const { glance } = (metadata ?? {}) as EntryMetadata;
  const bytes = glance && 'entry' in glance ? Buffer.from(glance.entry, 'base64') : await readWhole(path);
  if (integrity !== integrityOf(bytes)) throw new Error('its content is not what was written');
  return bytes;
}

/** Against damage, not against malice. */
function integrityOf(bytes: Buffer): string {
  return `sha1-${hash('sha1', bytes, 'base64')}`;
}
