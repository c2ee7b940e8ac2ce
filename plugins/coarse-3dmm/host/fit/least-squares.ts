/** Weighted linear least squares with a Gaussian prior, by normal equations in float64. */

/** Equations that wait together, so that one pass over the matrix serves them all. */
const together = 4;

/** The equations of a problem, gathered row by row: A = Σ w j jᵀ, b = Σ w j r. */
export class NormalEquations {
  private readonly matrix: Float64Array;
  private readonly right: Float64Array;
  private readonly rows: Float64Array[];
  private readonly weights = new Float64Array(together);
  private waiting = 0;

  constructor(readonly size: number) {
    this.matrix = new Float64Array(size * size);
    this.right = new Float64Array(size);
    this.rows = Array.from({ length: together }, () => new Float64Array(size));
  }

  /** Adds the equation j · x = r with weight w. */
  add(row: Float64Array, residual: number, weight: number): void {
    const scaled = weight * residual;
    for (let i = 0; i < this.size; i++) this.right[i]! += scaled * row[i]!;
    this.rows[this.waiting]!.set(row);
    this.weights[this.waiting] = weight;
    if (++this.waiting === together) this.flush();
  }

  /** Adds the waiting equations to the lower triangle. */
  private flush(): void {
    const { matrix, size, rows, weights } = this;
    for (let k = this.waiting; k < together; k++) weights[k] = 0;
    const [a, b, c, d] = rows as [Float64Array, Float64Array, Float64Array, Float64Array];
    for (let i = 0; i < size; i++) {
      const [wa, wb, wc, wd] = [weights[0]! * a[i]!, weights[1]! * b[i]!, weights[2]! * c[i]!, weights[3]! * d[i]!];
      if (wa === 0 && wb === 0 && wc === 0 && wd === 0) continue;
      const at = i * size;
      for (let j = 0; j <= i; j++) matrix[at + j]! += wa * a[j]! + wb * b[j]! + wc * c[j]! + wd * d[j]!;
    }
    this.waiting = 0;
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
    this.flush();
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
