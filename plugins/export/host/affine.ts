/** A 2 × 3 matrix, row-major: (x, y) → (a x + b y + c, d x + e y + f). */
export type Affine = ArrayLike<number>;

/** The point that (x, y) is mapped to. */
export function applyAffine(matrix: Affine, x: number, y: number): [number, number] {
  return [matrix[0]! * x + matrix[1]! * y + matrix[2]!, matrix[3]! * x + matrix[4]! * y + matrix[5]!];
}

/**
 * The inverse map.
 *
 * @throws RangeError when the matrix is singular or not finite
 */
export function invertAffine(matrix: Affine): Float64Array {
  const [a, b, c, d, e, f] = Array.from(matrix) as [number, number, number, number, number, number];
  const determinant = a * e - b * d;
  if (!(Math.abs(determinant) > 1e-12) || !Number.isFinite(determinant)) throw new RangeError('the transform has no inverse');
  const [ia, ib, id, ie] = [e / determinant, -b / determinant, -d / determinant, a / determinant];
  return Float64Array.of(ia, ib, -(ia * c + ib * f), id, ie, -(id * c + ie * f));
}
