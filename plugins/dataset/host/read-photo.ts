/** A listed photo's pixels and truth, from its file or its place in an archive. */
import { readBytes } from './decode-photo.js';
import type { FaceTruth, ListedPhoto } from './listed-photo.js';
import { readAflwTruth } from './readers/aflw2000.js';
import { readPart } from './readers/tar.js';

/** What messages call a photo. */
export function placeOf({ file, part, name }: ListedPhoto): string {
  return part ? `${name} in ${file}` : file;
}

/** The encoded photo. Throws a SampleError that names it. */
export async function readPhotoBytes(photo: ListedPhoto): Promise<Buffer> {
  return photo.part ? readPart(photo.file, photo.part) : readBytes(photo.file);
}

/** What the data set says, in pixels of the part of the photo whose corner is at `origin`; null when it says nothing. */
export async function readTruth(photo: ListedPhoto, origin: readonly [number, number]): Promise<FaceTruth | null> {
  const { identity, labels = {}, landmarks5, truthFile } = photo;
  const { landmarks68, pose } = truthFile ? await readAflwTruth(truthFile) : photo;
  if (!identity && !landmarks5 && !landmarks68 && !pose && Object.keys(labels).length === 0) return null;
  const moved = (points: readonly number[] | undefined): number[] | null => points?.map((value, index) => value - origin[index % 2]) ?? null;
  return { identity, labels, landmarks5: moved(landmarks5), landmarks68: moved(landmarks68), pose: pose ?? null };
}

/** The smallest box around points x, y, …: left, top, width, height. */
export function boxOf(points: readonly number[]): [number, number, number, number] {
  const xs = points.filter((_, index) => index % 2 === 0);
  const ys = points.filter((_, index) => index % 2 === 1);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top];
}
