import type { Random } from '../../../framework/index.js';

/** What band 0 is like over people, before Deep3D's 0.8 is added. */
const level = { mean: 0.25, deviation: 0.12 };

/**
 * A random light, 27 coefficients channel by channel in Deep3D's basis: an even part, one direction from the front half, weak
 * higher bands, and a slight tint.
 *
 * Convention: bands 1, 2, 3 go with −y, +z, −x of the normal.
 */
export function drawLight(random: Random): Float32Array {
  const even = level.mean + level.deviation * random.normal();
  const [x, y, z] = [random.normal(), random.normal(), Math.abs(random.normal())];
  const strength = random.between(0, 0.25) / Math.hypot(x, y, z);
  const grey = [even, -strength * y, strength * z, -strength * x, ...Array.from({ length: 5 }, () => 0.03 * random.normal())];
  const tint = Array.from({ length: 3 }, () => 1 + 0.04 * random.normal());
  return Float32Array.from(tint.flatMap((factor) => grey.map((value) => factor * value)));
}
