/** Parts of a face that are not skin-coloured. */
import type { Point } from './affine.js';
import { fillPolygon } from './fill-polygon.js';
import { leftBrow, leftEye, lips, noseBase, rightBrow, rightEye } from './mesh-topology.js';

export interface FacePart {
  /** Its outline among the 468 landmarks. */
  readonly points: readonly number[];
  /** By how much the outline grows to take in all of the part, and to take in skin around it. */
  readonly inner: number;
  readonly outer: number;
}

/** They belong to the face when the skin around them is visible. */
export const faceParts: readonly FacePart[] = [
  { points: leftEye, inner: 1.35, outer: 2.5 },
  { points: rightEye, inner: 1.35, outer: 2.5 },
  { points: leftBrow, inner: 1.15, outer: 1.7 },
  { points: rightBrow, inner: 1.15, outer: 1.7 },
  { points: lips, inner: 1.1, outer: 1.45 },
  { points: noseBase, inner: 1.1, outer: 1.7 },
];

/** Coverage [size, size] of a part whose outline is enlarged by `factor`. `landmarks` is [468, 2] in its pixels. */
export function partCoverage(landmarks: Float32Array, points: readonly number[], factor: number, size: number): Float32Array {
  const corners = points.map((index): Point => [landmarks[2 * index], landmarks[2 * index + 1]]);
  const centre = [0, 1].map((axis) => corners.reduce((sum, corner) => sum + corner[axis], 0) / corners.length);
  const reach = Math.sqrt(corners.reduce((sum, [x, y]) => sum + (x - centre[0]) ** 2 + (y - centre[1]) ** 2, 0) / corners.length);
  return fillPolygon(corners.map(([x, y]): Point => {
    // Outward by a share of the part's own reach, so that flat parts grow in height too.
    const distance = Math.hypot(x - centre[0], y - centre[1]) || 1;
    const scale = 1 + ((factor - 1) * reach) / distance;
    return [centre[0] + scale * (x - centre[0]), centre[1] + scale * (y - centre[1])];
  }), size);
}

/** The largest of several shares at each pixel. */
export function largestOf(shares: readonly Float32Array[]): Float32Array {
  const largest = new Float32Array(shares[0]!.length);
  for (const share of shares) for (let pixel = 0; pixel < largest.length; pixel++) if (share[pixel] > largest[pixel]) largest[pixel] = share[pixel];
  return largest;
}
