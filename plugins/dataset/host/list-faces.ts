/** One entry for each face of each photo. */
import { hash } from 'node:crypto';
import { SampleError } from '../../../framework/index.js';
import { detectFaces, loadFaceNetworks } from '../../preprocess/index.js';
import { decodeBytes } from './decode-photo.js';
import { fingerprintOf } from './fingerprint.js';
import { placeOf, readPhotoBytes } from './read-photo.js';
import type { ListedPhoto } from './listed-photo.js';

/** Higher than for finding one face: a false answer would become a sample. On the built-in photos faces have 0.78 and more. */
const detectionThreshold = 0.6;

/** So many photos are looked at between two lines of the log. */
const sayEvery = 1000;

/** Keeps what follows from the content alone (see `SourceContext`). */
type Remember = <T>(content: unknown, compute: () => Promise<T>) => Promise<T>;

/** Left, top, width, height of each face, largest first. */
type Boxes = readonly (readonly [number, number, number, number])[];

interface Search {
  readonly maxMegapixels: number;
  /** No photo is looked at when so many faces are known; 0 means all are. */
  readonly limit: number;
  readonly log: (line: string) => void;
  readonly remembered: Remember;
}

/**
 * Runs the detector over the photos whose faces are not listed yet. Faces of one photo are numbered from the largest. A photo that
 * cannot be read, or in which no face is found, stays as one entry without a box, so that its error comes with its sample. Boxes are
 * remembered by the bytes of the photo, and those by its fingerprint, so that a photo seen before is not read; the networks are loaded when
 * some boxes are not known.
 */
export async function listFaces(photos: readonly ListedPhoto[], { maxMegapixels, limit, log, remembered }: Search): Promise<ListedPhoto[]> {
  if (photos.every((photo) => photo.box)) return [...photos];
  let networks: ReturnType<typeof loadFaceNetworks> | undefined;
  try {
    const faces: ListedPhoto[] = [];
    for (const [index, photo] of photos.entries()) {
      if (limit > 0 && faces.length >= limit) break;
      faces.push(...(photo.box ? [photo] : await facesOf(photo)));
      if ((index + 1) % sayEvery === 0) log(`${faces.length} faces in ${index + 1} of ${photos.length} photos so far`);
    }
    log(limit > 0 && faces.length >= limit ? `the first ${faces.length} faces` : `${faces.length} faces in ${photos.length} photos`);
    return faces;
  } finally {
    (await networks)?.dispose();
  }

  async function facesOf(photo: ListedPhoto): Promise<ListedPhoto[]> {
    try {
      const fingerprint = await fingerprintOf(photo, maxMegapixels);
      let bytes: Buffer | undefined;
      const content = await remembered({ fingerprint }, async () => hash('sha256', bytes = await readPhotoBytes(photo)));
      const found = await remembered({ content, maxMegapixels, detectionThreshold }, async () => boxesIn(bytes ?? await readPhotoBytes(photo), photo));
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
