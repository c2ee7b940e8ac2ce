/** Labeled Faces in the Wild (Huang et al. 2007): a folder for each person, `Name/Name_0001.jpg`. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListedPhoto, Split } from '../listed-photo.js';

/** The official lists of people, where they lie beside the folders. */
const lists: readonly (readonly [file: string, split: Split])[] = [['peopleDevTrain.txt', 'train'], ['peopleDevTest.txt', 'test']];

/** Undefined unless all folders, two at least, hold photos of their own name with a number. */
export async function listLfw(root: string): Promise<ListedPhoto[] | undefined> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const people = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
  if (people.length < 2) return undefined;
  const photos: ListedPhoto[] = [];
  const splits = await readSplits(root);
  for (const person of people) {
    const names = (await readdir(join(root, person)).catch(() => [])).sort();
    if (names.length === 0 || !names.every((name) => isPhotoOf(person, name))) return undefined;
    photos.push(...names.map((name) => ({ name: `${person}/${name}`, file: join(root, person, name), identity: person, split: splits.get(person) })));
  }
  return photos;
}

function isPhotoOf(person: string, name: string): boolean {
  return name.startsWith(`${person}_`) && /^\d{4}\.(jpe?g|png)$/i.test(name.slice(person.length + 1));
}

async function readSplits(root: string): Promise<Map<string, Split>> {
  const splits = new Map<string, Split>();
  for (const [file, split] of lists) {
    const text = await readFile(join(root, file), 'utf8').catch(() => '');
    for (const line of text.split(/\r?\n/)) if (line.includes('\t')) splits.set(line.split('\t')[0], split);
  }
  return splits;
}
