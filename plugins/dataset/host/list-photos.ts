/** Which photos a path means, in a fixed order. */
import { stat } from 'node:fs/promises';
import { basename, dirname, extname, relative, resolve } from 'node:path';
import { FlowError } from '../../../framework/index.js';
import { photoExtensionList, type ListedPhoto } from './listed-photo.js';
import { listBuiltIn } from './readers/built-in.js';
import { listCelebA } from './readers/celeba.js';
import { listFolder } from './readers/folder.js';
import { listIndex } from './readers/index-csv.js';
import { listTar } from './readers/tar.js';

/**
 * `builtin`, a CSV index, a tar archive, a folder (of photos, of a data set in its official layout, or of several), or one photo.
 * Throws FLOW_FILE_MISSING when the path does not exist or holds no photos.
 */
export async function listPhotos(photos: string): Promise<ListedPhoto[]> {
  if (photos === 'builtin') return listBuiltIn();
  const path = resolve(photos);
  const found = await stat(path).catch((error: unknown) => {
    throw missing(photos, 'does not exist or cannot be read', error);
  });
  const listed = found.isFile() ? await listFile(path) : await listDirectory(path);
  if (listed.length === 0) throw missing(photos, `holds no photos (${photoExtensionList})`);
  return listed;
}

async function listFile(path: string): Promise<ListedPhoto[]> {
  const extension = extname(path).toLowerCase();
  if (extension === '.csv') return listIndex(path);
  if (extension === '.tar') return listTar(path);
  return [{ name: basename(path), file: path, identity: '' }];
}

/** The photo folder of CelebA has its lists beside it, not in it. */
async function listDirectory(path: string): Promise<ListedPhoto[]> {
  if (/^img_(align_)?celeba$/.test(basename(path))) {
    for (const root of [dirname(path), dirname(dirname(path))]) {
      const photos = await listCelebA(root, relative(root, path));
      if (photos) return photos;
    }
  }
  return listFolder(path);
}

function missing(photos: string, what: string, cause?: unknown): FlowError {
  return new FlowError('FLOW_FILE_MISSING', {
    message: `The path ${photos} ${what}.`,
    expected: '`builtin`, a folder with photos, one photo, a tar archive, or a CSV index',
    cure: 'check the option `photos`; a relative path starts at the current folder',
    cause,
  });
}
