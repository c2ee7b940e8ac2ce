/** A folder of photos, searched through and through; data sets of a known layout within it are read as such. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isPhotoName, type ListedPhoto } from '../listed-photo.js';
import { listAflw2000 } from './aflw2000.js';
import { listCelebA } from './celeba.js';
import { listIndex } from './index-csv.js';
import { listLfw } from './lfw.js';
import { listTar } from './tar.js';
import { listUtkFace } from './utkface.js';

/** Layouts of folders, in the order in which they are tried. */
export const layouts = { index: listOwnIndex, celeba: listCelebA, aflw2000: listAflw2000, lfw: listLfw, utkface: listUtkFace } as const;

/** Photos in the order of their names, so that it does not depend on the file system. */
export async function listFolder(root: string): Promise<ListedPhoto[]> {
  const own = await readKnown(root);
  if (own) return own; // in the data set's own order
  const photos: ListedPhoto[] = [];
  await visit(root, '', []);
  // By code units, so that the order does not depend on the machine's language.
  return photos.sort((first, second) => (first.name < second.name ? -1 : 1));

  async function visit(folder: string, prefix: string, ancestors: readonly string[]): Promise<void> {
    // A folder that cannot be read stands in the list as a sample, which is then refused by its name.
    const refuse = (): void => void photos.push({ name: prefix || './', file: folder, identity: '' });
    const real = await realpath(folder).catch(() => undefined);
    if (real === undefined) return refuse();
    if (ancestors.includes(real)) return;
    const known = await readKnown(folder);
    if (known) {
      for (const photo of known) photos.push({ ...photo, name: prefix + photo.name, set: photo.set ?? prefix.replace(/\/$/, '') });
      return;
    }
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
    if (!entries) return refuse();
    for (const entry of entries) {
      const path = join(folder, entry.name);
      const name = prefix + entry.name;
      const kind = entry.isSymbolicLink() ? await kindOf(path) : entry;
      if (kind?.isDirectory()) await visit(path, `${name}/`, [...ancestors, real]);
      else if (kind && !kind.isFile()) continue; // a pipe or a socket never ends
      else if (isPhotoName(entry.name)) photos.push({ name, file: path, identity: '' });
      else if (entry.name.endsWith('.tar')) for (const photo of await tarOrRefusal(path)) photos.push({ ...photo, name: photo.name ? `${name}/${photo.name}` : name });
    }
  }
}

/** An archive that cannot be read stands in the list under its own name, and is refused as a photo. */
async function tarOrRefusal(path: string): Promise<ListedPhoto[]> {
  return listTar(path).catch(() => [{ name: '', file: path, identity: '' }]);
}

async function readKnown(folder: string): Promise<ListedPhoto[] | undefined> {
  for (const list of Object.values(layouts)) {
    const photos = await list(folder);
    if (photos) return photos;
  }
  return undefined;
}

async function listOwnIndex(folder: string): Promise<ListedPhoto[] | undefined> {
  const index = join(folder, 'index.csv');
  return (await kindOf(index))?.isFile() ? listIndex(index) : undefined;
}

/** Undefined for a link that leads nowhere, and for what may not be looked at. */
async function kindOf(path: string) {
  return stat(path).catch(() => undefined);
}
