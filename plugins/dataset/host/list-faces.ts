/** One entry for each face of each photo. */
import { hash } from 'node:crypto';
import { SampleError } from '../../../framework/index.js';
import { detectFaces, loadFaceNetworks } from '../../preprocess/index.js';
import { decodeBytes } from './decode-photo.js';
import { placeOf, readPhotoBytes } from './read-photo.js';
import type { ListedPhoto } from './listed-photo.js';

/** Higher than for finding one face: a false answer would become a sample. On the built-in photos faces have 0.78 and more. */
const detectionThreshold = 0.6;

/** Keeps what follows from the content alone (see `SourceContext`). */
type Remember = <T>(content: unknown, compute: () => Promise<T>) => Promise<T>;

/** Left, top, width, height of each face, largest first. */
type Boxes = readonly (readonly [number, number, number, number])[];

/**
 * Runs the detector over the photos whose faces are not listed yet. Faces of one photo are numbered from the largest. A photo that
 * cannot be read, or in which no face is found, stays as one entry without a box, so that its error comes with its sample. Boxes are
 * remembered by the bytes of the photo; the networks are loaded when some are not.
 */
export async function listFaces(photos: readonly ListedPhoto[], maxMegapixels: number, log: (line: string) => void, remembered: Remember): Promise<ListedPhoto[]> {
  if (photos.every((photo) => photo.box)) return [...photos];
  let networks: ReturnType<typeof loadFaceNetworks> | undefined;
  try {
    const faces: ListedPhoto[] = [];
    for (const photo of photos) faces.push(...(photo.box ? [photo] : await facesOf(photo)));
    log(`${faces.length} faces in ${photos.length} photos`);
    return faces;
  } finally {
    (await networks)?.dispose();
  }

  async function facesOf(photo: ListedPhoto): Promise<ListedPhoto[]> {
    try {
      const bytes = await readPhotoBytes(photo);
      const content = hash('sha256', bytes);
      const found = await remembered({ content, maxMegapixels, detectionThreshold }, () => boxesIn(bytes, photo));
      if (found.length === 0) return [photo];
      return found.map((box, index) => ({
        ...(found.length === 1 ? photo : withoutTruth(photo)),
        name: `${photo.name}#${index + 1}`,
        box,
      }));
    } catch (error) {
      if (error instanceof SampleError) return [photo];
      throw error;
    }
  }

  async function boxesIn(bytes: Buffer, photo: ListedPhoto): Promise<Boxes> {
    const { detector } = await (networks ??= loadFaceNetworks());
    return detectFaces(await decodeBytes(bytes, placeOf(photo), { maxMegapixels }), detector, detectionThreshold).map(({ centre, width, height }) =>
      [Math.round(centre[0] - width / 2), Math.round(centre[1] - height / 2), Math.round(width), Math.round(height)] as const);
  }
}

/** Landmarks belong to one face of a photo; which of several is not known. */
function withoutTruth({ landmarks5: _five, landmarks68: _points, pose: _pose, truthFile: _file, ...photo }: ListedPhoto): ListedPhoto {
  return photo;
}
