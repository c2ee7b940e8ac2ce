/** Weighted linear least squares with a Gaussian prior, by normal equations in float64. */

/** The equations of a problem, gathered row by row: A = Σ w j jᵀ, b = Σ w j r. */
export class NormalEquations {
  readonly matrix: Float64Array;
  readonly right: Float64Array;

  constructor(readonly size: number) {
    this.matrix = new Float64Array(size * size);
    this.right = new Float64Array(size);
  }

  /** Adds the equation j · x = r with weight w. Only the lower triangle is filled. */
  add(row: Float64Array, residual: number, weight: number): void {
    const { matrix, right, size } = this;
    for (let i = 0; i < size; i++) {
      const scaled = weight * row[i]!;
      if (scaled === 0) continue;
      right[i]! += scaled * residual;
      const at = i * size;
      for (let j = 0; j <= i; j++) matrix[at + j]! += scaled * row[j]!;
    }
  }

  /** Adds the prior (x_i − mean)² / deviation² of one unknown. */
  addPrior(index: number, mean: number, deviation: number): void {
    const weight = 1 / (deviation * deviation);
    this.matrix[index * this.size + index]! += weight;
    this.right[index]! += weight * mean;
  }

  /**
   * Solves A x = b by Cholesky factorisation, in place.
   *
   * @throws RangeError when A is not positive definite.
   */
  solve(): Float64Array {
    const { matrix, right, size } = this;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = matrix[i * size + j]!;
        for (let k = 0; k < j; k++) sum -= matrix[i * size + k]! * matrix[j * size + k]!;
        if (i !== j) matrix[i * size + j] = sum / matrix[j * size + j]!;
        else if (sum > 0) matrix[i * size + i] = Math.sqrt(sum);
        else throw new RangeError(`the equations do not determine unknown ${i}`);
      }
    }
    const x = Float64Array.from(right);
    for (let i = 0; i < size; i++) {
      for (let k = 0; k < i; k++) x[i]! -= matrix[i * size + k]! * x[k]!;
      x[i]! /= matrix[i * size + i]!;
    }
    for (let i = size - 1; i >= 0; i--) {
      for (let k = i + 1; k < size; k++) x[i]! -= matrix[k * size + i]! * x[k]!;
      x[i]! /= matrix[i * size + i]!;
    }
    return x;
  }
}
