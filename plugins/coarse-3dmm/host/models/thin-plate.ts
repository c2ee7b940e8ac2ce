/** Smooth warps of space through corresponding points (Bookstein, "Principal warps", 1989; in space the kernel is r). */
import { Matrix, solve } from 'ml-matrix';

/**
 * f(x) = A x + b + Σ wᵢ ‖x − pᵢ‖ with f(pᵢ) = qᵢ, and least bending.
 *
 * @param from, to [N*3], N ≥ 4 points that are not in one plane
 * @returns the warp of [M*3] points
 */
export function thinPlateWarp(from: ArrayLike<number>, to: ArrayLike<number>): (points: ArrayLike<number>) => Float64Array {
  const count = from.length / 3;
  const system = Matrix.zeros(count + 4, count + 4);
  const right = Matrix.zeros(count + 4, 3);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) system.set(row, column, distance(from, row, from, column));
    [1, from[row * 3]!, from[row * 3 + 1]!, from[row * 3 + 2]!].forEach((value, k) => {
      system.set(row, count + k, value);
      system.set(count + k, row, value);
    });
    for (let axis = 0; axis < 3; axis++) right.set(row, axis, to[row * 3 + axis]!);
  }
  const weights = solve(system, right);
  return (points) => {
    const result = new Float64Array(points.length);
    for (let point = 0; point < points.length / 3; point++) {
      for (let axis = 0; axis < 3; axis++) {
        let sum = weights.get(count, axis);
        for (let k = 0; k < 3; k++) sum += weights.get(count + 1 + k, axis) * points[point * 3 + k]!;
        for (let k = 0; k < count; k++) sum += weights.get(k, axis) * distance(points, point, from, k);
        result[point * 3 + axis] = sum;
      }
    }
    return result;
  };
}

function distance(a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number): number {
  return Math.hypot(a[i * 3]! - b[j * 3]!, a[i * 3 + 1]! - b[j * 3 + 1]!, a[i * 3 + 2]! - b[j * 3 + 2]!);
}
