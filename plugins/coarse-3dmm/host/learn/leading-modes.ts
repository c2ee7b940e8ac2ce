/** The first principal modes of many long samples. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Random } from '../../../../framework/index.js';

export interface LeadingModes {
  /** [count, P] modes of unit length times their standard deviations, in the order of these. */
  readonly modes: readonly Float64Array[];
  readonly deviations: readonly number[];
}

const spare = 8;
const rounds = 5;

/**
 * Subspace iteration: Q ← orth(Xᵀ (X Qᵀ)), a few times with a few spare rows, then the eigenvectors inside the subspace (Halko, Martinsson
 * and Tropp, "Finding structure with randomness", 2011). Never forms the P × P covariance nor the N × N Gram matrix.
 *
 * @param samples N centred rows of P numbers
 */
export function leadingModes(samples: readonly Float32Array[], count: number, random: Random): LeadingModes {
  const width = samples[0]!.length;
  let basis = Array.from({ length: count + spare }, () => Float64Array.from({ length: width }, () => random.normal()));
  orthonormalise(basis);
  for (let round = 0; round < rounds; round++) {
    const next = basis.map(() => new Float64Array(width));
    for (const sample of samples) accumulate(next, project(basis, sample), sample);
    orthonormalise(next);
    basis = next;
  }
  return rotateToModes(samples, basis, count);
}

/** [K] inner products with each row, four rows at a time. */
export function project(basis: readonly Float64Array[], sample: ArrayLike<number>): Float64Array {
  const scores = new Float64Array(basis.length);
  for (let first = 0; first < basis.length; first += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((offset) => basis[Math.min(first + offset, basis.length - 1)]!) as [Float64Array, Float64Array, Float64Array, Float64Array];
    let sa = 0, sb = 0, sc = 0, sd = 0;
    for (let at = 0; at < sample.length; at++) {
      const value = sample[at]!;
      sa += a[at]! * value; sb += b[at]! * value; sc += c[at]! * value; sd += d[at]! * value;
    }
    scores.set([sa, sb, sc, sd].slice(0, Math.min(4, basis.length - first)), first);
  }
  return scores;
}

/** row_k += score_k · sample */
function accumulate(rows: readonly Float64Array[], scores: Float64Array, sample: Float32Array): void {
  for (let k = 0; k < rows.length; k++) {
    const [row, score] = [rows[k]!, scores[k]!];
    for (let at = 0; at < row.length; at++) row[at]! += score * sample[at]!;
  }
}

/** A row that keeps less than this of its length is a combination of the rows before it. */
const dependent = 1e-8;

/** Gram-Schmidt, modified; rows that depend on those before become zero. */
function orthonormalise(rows: readonly Float64Array[]): void {
  rows.forEach((row, k) => {
    const start = lengthOf(row);
    for (let other = 0; other < k; other++) {
      const before = rows[other]!;
      let along = 0;
      for (let at = 0; at < row.length; at++) along += row[at]! * before[at]!;
      for (let at = 0; at < row.length; at++) row[at]! -= along * before[at]!;
    }
    const length = lengthOf(row);
    if (length <= dependent * start) row.fill(0);
    else for (let at = 0; at < row.length; at++) row[at]! /= length;
  });
}

function lengthOf(row: Float64Array): number {
  return Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
}

function rotateToModes(samples: readonly Float32Array[], basis: readonly Float64Array[], count: number): LeadingModes {
  const covariance = Matrix.zeros(basis.length, basis.length);
  for (const sample of samples) {
    const scores = project(basis, sample);
    for (let i = 0; i < scores.length; i++) for (let j = 0; j < scores.length; j++) covariance.set(i, j, covariance.get(i, j) + (scores[i]! * scores[j]!) / samples.length);
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, index) => index).sort((left, right) => realEigenvalues[right]! - realEigenvalues[left]!).slice(0, count);
  const deviations = order.map((index) => Math.sqrt(Math.max(realEigenvalues[index]!, 0)));
  const modes = order.map((index, rank) => {
    const mode = new Float64Array(basis[0]!.length);
    basis.forEach((row, k) => {
      const weight = eigenvectorMatrix.get(k, index) * deviations[rank]!;
      for (let at = 0; at < mode.length; at++) mode[at]! += weight * row[at]!;
    });
    return mode;
  });
  return { modes, deviations };
}
