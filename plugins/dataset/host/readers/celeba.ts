/** CelebA (Liu et al. 2015) in its official layout. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListedPhoto, Split } from '../listed-photo.js';

/** Folders in which the distribution and the usual loaders keep lists and photos. */
const listFolders = ['.', 'Anno', 'Eval'];
const photoFolders = [
  'img_align_celeba', 'Img/img_align_celeba', 'img_align_celeba/img_align_celeba', 'img_celeba', 'Img/img_celeba',
];

const splits: Readonly<Record<string, Split>> = { 0: 'train', 1: 'validation', 2: 'test' };

/**
 * `list_eval_partition.txt` (0 train, 1 validation, 2 test), `identity_CelebA.txt`, and the landmarks and boxes that belong to the photos
 * found: aligned ones (178 × 218) before those in the wild. Lists may also be CSV. Landmarks are pixel indices from 0. `wanted` names
 * one folder of photos below the root. Undefined when the folder does not hold this layout.
 */
export async function listCelebA(root: string, wanted?: string): Promise<ListedPhoto[] | undefined> {
  const lists = await findLists(root);
  if (!lists.has('list_eval_partition') && !lists.has('identity_CelebA')) return undefined;
  const photos = await findPhotos(root, wanted ? [wanted] : photoFolders);
  if (!photos) return undefined;
  const isAligned = photos.folder.includes('align');
  const [partition, identity, landmarks, boxes] = await Promise.all([
    readList(lists.get('list_eval_partition')), readList(lists.get('identity_CelebA')),
    readList(lists.get(isAligned ? 'list_landmarks_align_celeba' : 'list_landmarks_celeba')),
    readList(isAligned ? undefined : lists.get('list_bbox_celeba')),
  ]);
  return photos.names.map((name): ListedPhoto => {
    const stem = partition.has(name) || identity.has(name) ? name : name.replace(/\.\w+$/, '.jpg'); // a PNG copy has the same lists
    const points = landmarks.get(stem)?.map(Number);
    const box = boxes.get(stem)?.map(Number);
    return {
      name, file: join(root, photos.folder, name), identity: identity.get(stem)?.[0] ?? '', split: splits[partition.get(stem)?.[0] ?? ''],
      landmarks5: points?.length === 10 && points.every(Number.isFinite) ? points.map((value) => value + 0.5) : undefined,
      box: box?.length === 4 && box[2] > 0 && box[3] > 0 ? [box[0], box[1], box[2], box[3]] : undefined,
    };
  });
}

async function findLists(root: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const folder of listFolders) {
    for (const file of await readdir(join(root, folder)).catch(() => [])) {
      const match = /^(list_\w+|identity_CelebA)\.(txt|csv)$/.exec(file);
      if (match && !found.has(match[1])) found.set(match[1], join(root, folder, file));
    }
  }
  return found;
}

async function findPhotos(root: string, folders: readonly string[]): Promise<{ folder: string; names: string[] } | undefined> {
  for (const folder of folders) {
    const names = (await readdir(join(root, folder)).catch(() => [])).filter((name) => /\.(jpe?g|png)$/i.test(name)).sort();
    if (names.length > 0) return { folder, names };
  }
  return undefined;
}

/** File name → the words behind it. Lines that do not begin with a file name (count, heading) are left out. */
async function readList(file: string | undefined): Promise<Map<string, string[]>> {
  const entries = new Map<string, string[]>();
  if (!file) return entries;
  for (const line of (await readFile(file, 'utf8')).split(/\r?\n/)) {
    const [name, ...words] = line.trim().split(/[\s,]+/);
    if (/\.\w+$/.test(name)) entries.set(name, words);
  }
  return entries;
}
