/** UTKFace (Zhang et al. 2017): labels in the names, `age_sex_ethnicity_time.jpg`. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListedPhoto } from '../listed-photo.js';

const pattern = /^(\d{1,3})_([01])_([0-4])_\d{8,}\.jpg(\.chip\.jpg)?$/i;
const sexes = ['male', 'female'];
const ethnicities = ['white', 'black', 'asian', 'indian', 'other'];

/** A few official names lack a label. Undefined unless nine tenths of the photos have all three. */
export async function listUtkFace(root: string): Promise<ListedPhoto[] | undefined> {
  const names = (await readdir(root).catch(() => [])).filter((name) => /\.jpe?g$/i.test(name)).sort();
  if (names.length === 0 || names.filter((name) => pattern.test(name)).length < 0.9 * names.length) return undefined;
  return names.map((name): ListedPhoto => {
    const match = pattern.exec(name);
    const labels = match && { age: Number(match[1]), sex: sexes[Number(match[2])], ethnicity: ethnicities[Number(match[3])] };
    return { name, file: join(root, name), identity: '', labels: labels ?? undefined };
  });
}
