/** Least-squares similarity between point sets (Horn, "Closed-form solution of absolute orientation", 1987). */
import { Matrix, SingularValueDecomposition } from 'ml-matrix';

export interface Similarity {
  readonly scale: number;
  /** [9] row-major */
  readonly rotation: readonly number[];
  readonly translation: readonly [number, number, number];
}

/** The similarity that moves `from` onto `to` with least squared error, over [N*3] points. */
export function fitSimilarity(from: ArrayLike<number>, to: ArrayLike<number>): Similarity {
  const count = from.length / 3;
  const [meanFrom, meanTo] = [meanOf(from), meanOf(to)];
  const cross = Matrix.zeros(3, 3);
  let spread = 0;
  for (let point = 0; point < count; point++) {
    for (let row = 0; row < 3; row++) {
      const offset = from[point * 3 + row]! - meanFrom[row]!;
      spread += offset * offset;
      for (let column = 0; column < 3; column++) {
        cross.set(column, row, cross.get(column, row) + (to[point * 3 + column]! - meanTo[column]!) * offset);
      }
    }
  }
  const { leftSingularVectors: u, rightSingularVectors: v, diagonal } = new SingularValueDecomposition(cross);
  const sign = determinant(u) * determinant(v) < 0 ? -1 : 1;
  const rotation = u.mmul(Matrix.diag([1, 1, sign])).mmul(v.transpose());
  const scale = (diagonal[0]! + diagonal[1]! + sign * diagonal[2]!) / spread;
  const turned = rotation.mmul(Matrix.columnVector(meanFrom)).to1DArray();
  const translation = [0, 1, 2].map((axis) => meanTo[axis]! - scale * turned[axis]!) as [number, number, number];
  return { scale, rotation: rotation.to1DArray(), translation };
}

/** Applies a similarity to [N*3] points. */
export function applySimilarity(similarity: Similarity, points: ArrayLike<number>): Float64Array {
  const { scale, rotation, translation } = similarity;
  const result = new Float64Array(points.length);
  for (let at = 0; at < points.length; at += 3) {
    for (let row = 0; row < 3; row++) {
      const turned = rotation[row * 3]! * points[at]! + rotation[row * 3 + 1]! * points[at + 1]! + rotation[row * 3 + 2]! * points[at + 2]!;
      result[at + row] = scale * turned + translation[row]!;
    }
  }
  return result;
}

function meanOf(points: ArrayLike<number>): number[] {
  const mean = [0, 0, 0];
  for (let at = 0; at < points.length; at++) mean[at % 3]! += points[at]! / (points.length / 3);
  return mean;
}

function determinant(m: Matrix): number {
  const [a, b, c, d, e, f, g, h, i] = m.to1DArray() as [number, number, number, number, number, number, number, number, number];
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}
