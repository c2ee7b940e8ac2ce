/** Places on lines across eyes and mouth, where a picture tells whether they are open. */
import type { DenseModel } from './dense-model.js';
import { openings } from './openings.js';

/** Shares of the way from the upper margin to the lower one: above, between and below them. */
const shares = [-0.6, 0, 0.25, 0.5, 0.75, 1, 1.6];

/** What a linear face model says of some points, and their unit normals [N*3]. */
export type FacePoints = Pick<DenseModel, 'mean' | 'basis' | 'modes'> & { readonly normals: Float32Array };

/** (1 − s) upper + s lower for each opening and share s; a linear model of points on a line is that of its ends. Normals are those of the nearer end. */
export function acrossOpenings({ mean, basis, modes, normals }: FacePoints): FacePoints {
  const rows = openings.flatMap(([upper, lower]) => shares.map((share) => ({ upper, lower, share })));
  const mix = (values: Float64Array, width: number): Float64Array => Float64Array.from({ length: rows.length * width }, (_, at) => {
    const { upper, lower, share } = rows[Math.floor(at / width)]!;
    return (1 - share) * values[upper * width + (at % width)]! + share * values[lower * width + (at % width)]!;
  });
  const nearer = ({ upper, lower, share }: typeof rows[0]): number => (share < 0.5 ? upper : lower);
  return {
    mean: mix(mean, 3),
    basis: mix(basis, 3 * modes),
    modes,
    normals: Float32Array.from(rows.flatMap((row) => Array.from(normals.subarray(3 * nearer(row), 3 * nearer(row) + 3)))),
  };
}
