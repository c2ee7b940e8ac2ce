/** One entry for each face of each photo. */
import { SampleError } from '../../../framework/index.js';
import { detectFaces, loadFaceNetworks } from '../../preprocess/index.js';
import { readPhoto } from './read-photo.js';
import type { ListedPhoto } from './listed-photo.js';

/** Higher than for finding one face: a false answer would become a sample. On the built-in photos faces have 0.78 and more. */
const detectionThreshold = 0.6;

/**
 * Runs the detector over the photos whose faces are not listed yet. Faces of one photo are numbered from the largest. A photo that
 * cannot be read, or in which no face is found, stays as one entry without a box, so that its error comes with its sample.
 */
export async function listFaces(photos: readonly ListedPhoto[], maxMegapixels: number, log: (line: string) => void): Promise<ListedPhoto[]> {
  if (photos.every((photo) => photo.box)) return [...photos];
  const { detector, dispose } = await loadFaceNetworks();
  try {
    const faces: ListedPhoto[] = [];
    for (const photo of photos) faces.push(...(photo.box ? [photo] : await facesOf(photo)));
    log(`${faces.length} faces in ${photos.length} photos`);
    return faces;
  } finally {
    dispose();
  }

  async function facesOf(photo: ListedPhoto): Promise<ListedPhoto[]> {
    try {
      const found = detectFaces(await readPhoto(photo, { maxMegapixels }), detector, detectionThreshold);
      if (found.length === 0) return [photo];
      return found.map(({ centre, width, height }, index) => ({
        ...(found.length === 1 ? photo : withoutTruth(photo)),
        name: `${photo.name}#${index + 1}`,
        box: [Math.round(centre[0] - width / 2), Math.round(centre[1] - height / 2), Math.round(width), Math.round(height)],
      }));
    } catch (error) {
      if (error instanceof SampleError) return [photo];
      throw error;
    }
  }
}

/** Landmarks belong to one face of a photo; which of several is not known. */
function withoutTruth({ landmarks5: _five, landmarks68: _points, pose: _pose, truthFile: _file, ...photo }: ListedPhoto): ListedPhoto {
  return photo;
}
