/** Which photos a path means, in a fixed order. */
import { createRequire } from 'node:module';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import { FlowError } from '../../../framework/index.js';
import { builtInFaces } from './built-in-faces.js';
import { readCsv } from './read-csv.js';

export interface ListedPhoto {
  /** Unique within the list and stable: the path below the folder, or the name of a built-in face. */
  readonly name: string;
  readonly file: string;
  /** Left, top, width, height of the face in pixels, when known. */
  readonly box?: readonly [number, number, number, number];
  /** Who is shown; empty when unknown. */
  readonly identity: string;
  /** What the data themselves say. */
  readonly split?: 'train' | 'test';
  /** The data set within the list, where several lie in one folder. */
  readonly set?: string;
}

const photoExtensions = new Set(['.jpg', '.jpeg', '.png', '.webp', '.avif', '.tif', '.tiff', '.gif']);

/**
 * `builtin`, a CSV index, a folder (searched through and through, links followed, by its `index.csv` where it has one), or one
 * photo. Throws FLOW_FILE_MISSING when the path does not exist or holds no photos.
 */
export async function listPhotos(photos: string): Promise<ListedPhoto[]> {
  if (photos === 'builtin') return listBuiltIn();
  const path = resolve(photos);
  const found = await stat(path).catch((error: unknown) => {
    throw missing(photos, 'does not exist or cannot be read', error);
  });
  if (found.isFile()) {
    return extname(path).toLowerCase() === '.csv' ? listIndex(path) : [{ name: basename(path), file: path, identity: '' }];
  }
  const index = join(path, 'index.csv');
  const listed = (await isFile(index)) ? await listIndex(index) : await listFolder(path);
  if (listed.length === 0) throw missing(photos, `holds no photos (${[...photoExtensions].join(', ')})`);
  return listed;
}

function listBuiltIn(): ListedPhoto[] {
  const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api')), '..', 'demo');
  return builtInFaces.map(({ name, file, box, person, split }) => ({ name, file: join(demo, file), box, identity: person, split }));
}

async function listIndex(index: string): Promise<ListedPhoto[]> {
  const rows = readCsv(await readFile(index, 'utf8'));
  if (rows.length > 0 && !('file' in rows[0])) {
    throw new FlowError('FLOW_FILE_MISSING', {
      message: `The index ${index} has no column "file".`, expected: 'columns file, identity, split', got: Object.keys(rows[0]).join(', '),
      cure: 'name the columns in the first line of the index',
    });
  }
  return rows.map((row) => ({
    name: row.file,
    file: resolve(dirname(index), row.file),
    identity: row.identity ?? '',
    set: row.set,
    split: row.split === 'train' || row.split === 'test' ? row.split : undefined,
  }));
}

async function listFolder(root: string): Promise<ListedPhoto[]> {
  const names: string[] = [];
  const visit = async (folder: string, prefix: string, ancestors: readonly string[]): Promise<void> => {
    const real = await realpath(folder);
    if (ancestors.includes(real)) return;
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const name = prefix + entry.name;
      const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await isDirectory(path)));
      if (isFolder) await visit(path, `${name}/`, [...ancestors, real]);
      else if (photoExtensions.has(extname(entry.name).toLowerCase())) names.push(name);
    }
  };
  await visit(root, '', []);
  // By code units, so that the order does not depend on the machine's language.
  names.sort((first, second) => (first < second ? -1 : 1));
  return names.map((name) => ({ name, file: join(root, name.split('/').join(sep)), identity: '' }));
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isFile(), () => false);
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isDirectory(), () => false);
}

function missing(photos: string, what: string, cause?: unknown): FlowError {
  return new FlowError('FLOW_FILE_MISSING', {
    message: `The path ${photos} ${what}.`,
    expected: '`builtin`, a folder with photos, one photo, or a CSV index',
    cure: 'check the option `photos`; a relative path starts at the current folder',
    cause,
  });
}
