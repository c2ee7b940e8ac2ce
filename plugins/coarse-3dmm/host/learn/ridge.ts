/** Linear maps from features to targets by ridge regression. */

/** Keeps the equations of a feature that never changes solvable. */
const tiny = 1e-9;

/** The sums that a regression of T targets on F features and a constant needs, gathered sample by sample. */
export class RidgeSums {
  /** [F + 1, F + 1], lower triangle. */
  readonly #inner: Float64Array;
  /** [F + 1, T] */
  readonly #cross: Float64Array;
  readonly #row: Float64Array;
  /** Sum of the weights. */
  count = 0;

  constructor(readonly features: number, readonly targets: number) {
    this.#inner = new Float64Array((features + 1) ** 2);
    this.#cross = new Float64Array((features + 1) * targets);
    this.#row = new Float64Array(features + 1).fill(1);
  }

  add(features: ArrayLike<number>, targets: ArrayLike<number>, weight = 1): void {
    const width = this.features + 1;
    for (let at = 0; at < this.features; at++) this.#row[at] = features[at]!;
    for (let i = 0; i < width; i++) {
      const value = weight * this.#row[i]!;
      if (value === 0) continue;
      for (let j = 0, at = i * width; j <= i; j++) this.#inner[at + j]! += value * this.#row[j]!;
      for (let t = 0, at = i * this.targets; t < this.targets; t++) this.#cross[at + t]! += value * targets[t]!;
    }
    this.count += weight;
  }

  /**
   * argmin_W Σ w ‖y − Wᵀ (x, 1)‖² + λ Σ_f n_f ‖W_f‖², where n_f is the squared sum of feature f about its mean: so λ means the same for
   * every feature. The constant is free.
   *
   * @returns [F + 1, T], the constant in the last row
   */
  solve(lambda: number): Float64Array {
    const width = this.features + 1;
    const factor = Float64Array.from(this.#inner);
    for (let i = 0; i < this.features; i++) {
      const sum = factor[this.features * width + i]!;
      factor[i * width + i]! += lambda * (factor[i * width + i]! - (sum * sum) / this.count + tiny);
    }
    decompose(factor, width);
    const solution = Float64Array.from(this.#cross);
    substitute(factor, width, solution, this.targets);
    return solution;
  }
}

/** Cholesky factor in place of the lower triangle. */
function decompose(matrix: Float64Array, width: number): void {
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * width + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * width + k]! * matrix[j * width + k]!;
      if (i !== j) matrix[i * width + j] = sum / matrix[j * width + j]!;
      else if (sum > 0) matrix[i * width + i] = Math.sqrt(sum);
      else throw new RangeError(`feature ${i} is a combination of the features before it: use a larger lambda`);
    }
  }
}

/** Solves L Lᵀ x = b for all columns of b, in place. */
function substitute(factor: Float64Array, width: number, rows: Float64Array, columns: number): void {
  const subtract = (to: number, from: number, weight: number): void => {
    for (let t = 0; t < columns; t++) rows[to * columns + t]! -= weight * rows[from * columns + t]!;
  };
  const divide = (row: number): void => {
    for (let t = 0; t < columns; t++) rows[row * columns + t]! /= factor[row * width + row]!;
  };
  for (let i = 0; i < width; i++) {
    for (let k = 0; k < i; k++) subtract(i, k, factor[i * width + k]!);
    divide(i);
  }
  for (let i = width - 1; i >= 0; i--) {
    for (let k = i + 1; k < width; k++) subtract(i, k, factor[k * width + i]!);
    divide(i);
  }
}
