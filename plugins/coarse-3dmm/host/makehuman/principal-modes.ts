/** Principal modes of samples that are symmetric about a mirror plane. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

export interface Modes {
  /** Each mode is multiplied by its standard deviation, so coefficients are in standard deviations. */
  readonly modes: readonly Float64Array[];
  readonly deviations: readonly number[];
  /** Share of the total variance that the modes hold. */
  readonly held: number;
}

/**
 * The first `count` modes of centred samples, with every sample's mirror image counted as a sample too. Each mode is then
 * exactly symmetric or exactly antisymmetric: the samples are split into the two parts, each has its own principal
 * components (by the method of snapshots), and the two lists are merged by variance. A mode below `threshold` of the
 * largest deviation is left out.
 */
export function principalModes(
  samples: readonly Float64Array[], mirror: (sample: Float64Array) => Float64Array, count: number, threshold = 1e-3,
): Modes {
  const mirrored = samples.map(mirror);
  const even = samples.map((sample, index) => sample.map((value, at) => (value + mirrored[index]![at]!) / 2));
  const odd = samples.map((sample, index) => sample.map((value, at) => (value - mirrored[index]![at]!) / 2));
  const all = [...snapshotModes(even), ...snapshotModes(odd)].sort((left, right) => right.deviation - left.deviation);
  const total = all.reduce((sum, mode) => sum + mode.deviation ** 2, 0);
  const kept = all.slice(0, count).filter((mode) => mode.deviation > threshold * all[0]!.deviation);
  return {
    modes: kept.map((mode) => mode.make()),
    deviations: kept.map((mode) => mode.deviation),
    held: kept.reduce((sum, mode) => sum + mode.deviation ** 2, 0) / total,
  };
}

interface LazyMode {
  /** Root of the variance of the coefficient, summed over the mode's elements (the mode itself has unit length). */
  readonly deviation: number;
  make(): Float64Array;
}

/** Eigenvectors of the Gram matrix G = X Xᵀ / n give the modes Xᵀ w / √n, whose length is the deviation. */
function snapshotModes(samples: readonly Float64Array[]): LazyMode[] {
  const n = samples.length;
  const gram = new Matrix(n, n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      const value = dot(samples[row]!, samples[column]!) / n;
      gram.set(row, column, value);
      gram.set(column, row, value);
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  return realEigenvalues.map((variance, index) => ({
    deviation: Math.sqrt(Math.max(variance, 0)),
    make: () => combine(samples, eigenvectorMatrix.getColumn(index)),
  }));
}

/** The sign of an eigenvector is arbitrary: the element of largest size is made positive, so builds agree. */
function combine(samples: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const mode = new Float64Array(samples[0]!.length);
  samples.forEach((sample, index) => {
    const weight = weights[index]! / Math.sqrt(samples.length);
    for (let at = 0; at < mode.length; at++) mode[at]! += weight * sample[at]!;
  });
  let peak = 0;
  for (const value of mode) if (Math.abs(value) > Math.abs(peak)) peak = value;
  return peak < 0 ? mode.map((value) => -value) : mode;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += left[at]! * right[at]!;
  return sum;
}
