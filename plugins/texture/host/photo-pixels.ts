/** The photo under the aligned crop, with all the pixels it has. */
import { composeAffine, warpAffine, type Affine, type Photo } from '../../preprocess/index.js';
import type { Picture } from './sample.js';

const largestSide = 1024;

/**
 * The crop again, cut from the photo at the photo's own resolution (at least the crop's, at most 1024 px).
 *
 * @param transform photo to crop, px
 * @param size side of the crop, px
 */
export function photoPixels(photo: Photo, transform: Affine, size: number): Picture {
  const scale = Math.sqrt(Math.abs(transform[0] * transform[4] - transform[1] * transform[3]));
  const side = Math.round(Math.min(Math.max(size / scale, size), largestSide));
  const finer = side / size;
  const data = warpAffine(photo, composeAffine([finer, 0, 0, 0, finer, 0], transform), side);
  return { width: side, height: side, channels: 3, data };
}
