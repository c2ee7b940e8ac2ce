/** Pose on the host: rotation, its derivatives, and a first guess under weak perspective. */
import { deep3dCamera } from '../../../rasterizer/index.js';

export interface Pose {
  /** Radians about x, y, z. */
  readonly angles: readonly [number, number, number];
  /** dm */
  readonly translation: readonly [number, number, number];
}

/** R = R_z R_y R_x, row-major [9]. The same convention as `maths/rotation.ts`. */
export function rotationOf([x, y, z]: Pose['angles']): Float64Array {
  const [cx, sx, cy, sy, cz, sz] = [Math.cos(x), Math.sin(x), Math.cos(y), Math.sin(y), Math.cos(z), Math.sin(z)];
  return Float64Array.of(
    cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx,
    sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx,
    -sy, cy * sx, cy * cx,
  );
}

/** ∂R/∂x, ∂R/∂y, ∂R/∂z, row-major. */
export function rotationDerivatives([x, y, z]: Pose['angles']): readonly Float64Array[] {
  const [cx, sx, cy, sy, cz, sz] = [Math.cos(x), Math.sin(x), Math.cos(y), Math.sin(y), Math.cos(z), Math.sin(z)];
  return [
    Float64Array.of(
      0, cz * sy * cx + sz * sx, -cz * sy * sx + sz * cx,
      0, sz * sy * cx - cz * sx, -sz * sy * sx - cz * cx,
      0, cy * cx, -cy * sx,
    ),
    Float64Array.of(-cz * sy, cz * cy * sx, cz * cy * cx, -sz * sy, sz * cy * sx, sz * cy * cx, -cy, -sy * sx, -sy * cx),
    Float64Array.of(
      -sz * cy, -sz * sy * sx - cz * cx, -sz * sy * cx + cz * sx,
      cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx,
      0, 0, 0,
    ),
  ];
}

/** v' = R v + t for [N*3] points. */
export function posePoints(points: ArrayLike<number>, pose: Pose): Float64Array {
  const r = rotationOf(pose.angles);
  const posed = new Float64Array(points.length);
  for (let at = 0; at < points.length; at += 3) {
    for (let row = 0; row < 3; row++) {
      posed[at + row] = r[row * 3]! * points[at]! + r[row * 3 + 1]! * points[at + 1]! + r[row * 3 + 2]! * points[at + 2]! + pose.translation[row]!;
    }
  }
  return posed;
}

/**
 * Pose from points and their pixels under scaled orthography (POS, DeMenthon and Davis, 1995): a linear map x = r₁·X + t is
 * solved for each pixel axis, and the scale gives the distance.
 *
 * @param points [N*3] dm, in the model's frame
 * @param pixels [N*2] column, row
 * @param trust [N] weights
 * @param size side of the picture, px
 */
export function firstPose(points: ArrayLike<number>, pixels: ArrayLike<number>, trust: ArrayLike<number>, size: number): Pose {
  const [first, second] = [0, 1].map((axis) => affineRow(points, pixels, trust, axis, axis === 0 ? size / 2 : -size / 2));
  const scale = (Math.hypot(...first!.slice(0, 3)) + Math.hypot(...second!.slice(0, 3))) / 2;
  const r1 = unit(first!.slice(0, 3));
  const along = r1.reduce((sum, value, axis) => sum + value * second![axis]!, 0);
  const r2 = unit(second!.slice(0, 3).map((value, axis) => value - along * r1[axis]!));
  const r3 = [r1[1]! * r2[2]! - r1[2]! * r2[1]!, r1[2]! * r2[0]! - r1[0]! * r2[2]!, r1[0]! * r2[1]! - r1[1]! * r2[0]!];
  return {
    angles: [Math.atan2(r3[1]!, r3[2]!), Math.asin(Math.min(Math.max(-r3[0]!, -1), 1)), Math.atan2(r2[0]!, r1[0]!)],
    translation: [first![3]! / scale, second![3]! / scale, deep3dCamera.distance - (deep3dCamera.focal * size) / scale],
  };
}

/** Weighted least squares of one pixel axis on (X, Y, Z, 1). Rows are turned upwards. */
function affineRow(points: ArrayLike<number>, pixels: ArrayLike<number>, trust: ArrayLike<number>, axis: number, offset: number): number[] {
  const matrix = new Float64Array(16);
  const right = new Float64Array(4);
  for (let point = 0; point < trust.length; point++) {
    const row = [points[point * 3]!, points[point * 3 + 1]!, points[point * 3 + 2]!, 1];
    const value = axis === 0 ? pixels[point * 2]! - offset : -pixels[point * 2 + 1]! - offset;
    for (let i = 0; i < 4; i++) {
      right[i]! += trust[point]! * row[i]! * value;
      for (let j = 0; j < 4; j++) matrix[i * 4 + j]! += trust[point]! * row[i]! * row[j]!;
    }
  }
  return solveFour(matrix, right);
}

/** Gauss elimination with row pivots of a 4 x 4 system. */
function solveFour(matrix: Float64Array, right: Float64Array): number[] {
  for (let column = 0; column < 4; column++) {
    let pivot = column;
    for (let row = column + 1; row < 4; row++) if (Math.abs(matrix[row * 4 + column]!) > Math.abs(matrix[pivot * 4 + column]!)) pivot = row;
    for (let k = 0; k < 4; k++) [matrix[column * 4 + k], matrix[pivot * 4 + k]] = [matrix[pivot * 4 + k]!, matrix[column * 4 + k]!];
    [right[column], right[pivot]] = [right[pivot]!, right[column]!];
    for (let row = 0; row < 4; row++) {
      if (row === column) continue;
      const factor = matrix[row * 4 + column]! / matrix[column * 4 + column]!;
      for (let k = 0; k < 4; k++) matrix[row * 4 + k]! -= factor * matrix[column * 4 + k]!;
      right[row]! -= factor * right[column]!;
    }
  }
  return [0, 1, 2, 3].map((row) => right[row]! / matrix[row * 4 + row]!);
}

function unit(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
