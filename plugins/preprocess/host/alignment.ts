/** Deep3D's 5-point alignment: where to cut the crop, from five points of the face. */
import type { Affine, Point } from './affine.js';

/**
 * The five points of Deep3D's standard face in decimetres (x right, y up, z to the viewer): image-left eye, image-right eye,
 * nose tip, image-left and image-right corner of the mouth. From `similarity_Lm3D_all.mat`, reduced as `preprocess_img.py` does.
 */
export const standardPoints: readonly (readonly [number, number, number])[] = [
  [-0.31149, 0.29036, 0.13378],
  [0.3098, 0.28972, 0.1318],
  [0.00325, -0.04618, 0.55244],
  [-0.25217, -0.38134, 0.22406],
  [0.24847, -0.38128, 0.22236],
];

/** Pixels for one decimetre of the standard face in a crop of 224 px: what Deep3D scales every face to. */
const pixelsPerDecimetreAt224 = 102;

/** Scaled orthographic pose of a face: u = r1·X + t₁, v = r2·X + t₂ in pixels, v up. */
export interface OrthographicPose {
  /** (|r1| + |r2|) / 2, pixels for one decimetre. */
  readonly scale: number;
  /** Image of the standard face's origin, in continuous pixels, y DOWN from the top of the photo. */
  readonly origin: Point;
  /** Angle of the face's x axis in radians, clockwise on the screen: the pose's roll as a viewer sees it. */
  readonly roll: number;
  /** Pitch, yaw, roll in radians: R = Rz(roll)·Ry(yaw)·Rx(pitch), x right, y up, z to the viewer. */
  readonly angles: readonly [number, number, number];
}

/** The five points of Deep3D from 68 landmarks: eyes as the mean of their corners, nose tip, corners of the mouth. [68, 2] → 5. */
export function fivePointsOf(landmarks68: Float32Array): Point[] {
  const at = (index: number): Point => [landmarks68[2 * index], landmarks68[2 * index + 1]];
  const middle = (first: Point, second: Point): Point => [(first[0] + second[0]) / 2, (first[1] + second[1]) / 2];
  return [middle(at(36), at(39)), middle(at(42), at(45)), at(30), at(48), at(54)];
}

/**
 * "POS": min Σᵢ (r1·Xᵢ + t₁ − uᵢ)² + (r2·Xᵢ + t₂ − vᵢ)² over r1, r2, t; ten equations, eight unknowns. `points` are five
 * points in continuous pixels, y down. Throws a RangeError when a number is not finite or all points coincide. Source:
 * Deep3DFaceReconstruction, `preprocess_img.py` (`POS`).
 */
export function orthographicPose(points: readonly Point[]): OrthographicPose {
  if (points.length !== 5 || points.some(([x, y]) => !Number.isFinite(x + y))) {
    throw new RangeError('the alignment needs five finite points');
  }
  const across = solveRow(points.map(([x]) => x));
  const up = solveRow(points.map(([, y]) => -y));
  const scale = (Math.hypot(across[0], across[1], across[2]) + Math.hypot(up[0], up[1], up[2])) / 2;
  if (!(scale > 1e-6)) throw new RangeError('the five points of the face coincide');
  return { scale, origin: [across[3], -up[3]], roll: -Math.atan2(up[0], across[0]), angles: anglesOf(across, up) };
}

/** Angles of the rotation whose first two rows point along r1 and r2; the third row is their cross product. */
function anglesOf(across: readonly number[], up: readonly number[]): [number, number, number] {
  const unit = (row: readonly number[]): number[] => {
    const length = Math.hypot(row[0], row[1], row[2]);
    return row.slice(0, 3).map((value) => value / length);
  };
  const [first, second] = [unit(across), unit(up)];
  const third = unit([
    first[1] * second[2] - first[2] * second[1], first[2] * second[0] - first[0] * second[2], first[0] * second[1] - first[1] * second[0],
  ]);
  return [Math.atan2(third[1], third[2]), Math.asin(Math.max(-1, Math.min(1, -third[0]))), Math.atan2(second[0], first[0])];
}

/**
 * The map from photo to crop: the face's origin goes to the middle of the crop, one decimetre becomes 102 · size / 224 pixels.
 * With `upright` the face's x axis becomes horizontal; without it nothing is turned (Deep3D: roll stays in the pose).
 *
 * Differs from Deep3D in that neither the resized photo nor the crop's corner is rounded to whole pixels.
 */
export function alignmentOf(pose: OrthographicPose, size: number, upright: boolean): Affine {
  const scale = (pixelsPerDecimetreAt224 / pose.scale) * (size / 224);
  const angle = upright ? pose.roll : 0;
  const cos = scale * Math.cos(angle);
  const sin = scale * Math.sin(angle);
  const [x, y] = pose.origin;
  return [cos, sin, size / 2 - cos * x - sin * y, -sin, cos, size / 2 + sin * x - cos * y];
}

/** Least squares of (X, Y, Z, 1)·w = value over the standard points: the normal equations, solved by elimination. */
function solveRow(values: readonly number[]): [number, number, number, number] {
  const rows = standardPoints.map((point) => [...point, 1]);
  const system = [0, 1, 2, 3].map((i) => [
    ...[0, 1, 2, 3].map((j) => rows.reduce((sum, row) => sum + row[i] * row[j], 0)),
    rows.reduce((sum, row, index) => sum + row[i] * values[index], 0),
  ]);
  for (let pivot = 0; pivot < 4; pivot++) {
    for (let row = 0; row < 4; row++) {
      if (row === pivot) continue;
      const factor = system[row][pivot] / system[pivot][pivot];
      for (let column = pivot; column < 5; column++) system[row][column] -= factor * system[pivot][column];
    }
  }
  return [0, 1, 2, 3].map((index) => system[index][4] / system[index][index]) as [number, number, number, number];
}
