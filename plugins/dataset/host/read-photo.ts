/** A listed photo's pixels and truth, from its file or its place in an archive. */
import { fileStamp } from '../../../framework/index.js';
import { readBytes, unreadable } from './decode-photo.js';
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

/** Another one when the photo's file, or that of its truth, has changed (see `fileStamp`). Throws a SampleError that names the photo. */
export async function stampOf(photo: ListedPhoto): Promise<string> {
  try {
    const stamps = await Promise.all([photo.file, ...(photo.truthFile ? [photo.truthFile] : [])].map(fileStamp));
    return stamps.join(' ');
  } catch (error) {
    throw unreadable(placeOf(photo), error);
  }
}

/** What the data set says, in pixels of the whole photo; null when it says nothing. */
export async function readTruth(photo: ListedPhoto): Promise<FaceTruth | null> {
  const { identity, labels = {}, landmarks5, truthFile } = photo;
  const { landmarks68, pose } = truthFile ? await readAflwTruth(truthFile) : photo;
  if (!identity && !landmarks5 && !landmarks68 && !pose && Object.keys(labels).length === 0) return null;
  return { identity, labels, landmarks5: landmarks5 ?? null, landmarks68: landmarks68 ?? null, pose: pose ?? null };
}

/** The same in pixels of the part of the photo whose corner is at `origin`. */
export function movedTruth(truth: FaceTruth, origin: readonly [number, number]): FaceTruth {
  const moved = (points: readonly number[] | null): number[] | null => points?.map((value, index) => value - origin[index % 2]) ?? null;
  return { ...truth, landmarks5: moved(truth.landmarks5), landmarks68: moved(truth.landmarks68) };
}

/** The smallest box around points x, y, …: left, top, width, height. */
export function boxOf(points: readonly number[]): [number, number, number, number] {
  const xs = points.filter((_, index) => index % 2 === 0);
  const ys = points.filter((_, index) => index % 2 === 1);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top];
}
