import type { Random } from '../../../framework/index.js';
import { smoothNoise } from './smooth-noise.js';

/** Points of the noise along a side: what is overlooked is about as large as an eye. */
const knots = 8;

/**
 * Where an occluder would be found: nowhere in a share 1 − `found` of the draws, else all over but for patches that take from none to half
 * of the picture.
 *
 * @returns [size, size], 0 or 1.
 */
export function drawFinding(random: Random, { size, found }: { readonly size: number; readonly found: number }): Float32Array {
  const result = new Float32Array(size * size);
  if (random.uniform() >= found) return result;
  const noise = smoothNoise(random, size, knots);
  const level = random.between(0, 1);
  for (let pixel = 0; pixel < result.length; pixel++) result[pixel] = noise(pixel % size, Math.floor(pixel / size)) < level ? 1 : 0;
  return result;
}
