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
  const parts = samples.map((sample) => splitParts(sample, mirror(sample)));
  const all = [...snapshotModes(parts.map(({ even }) => even)), ...snapshotModes(parts.map(({ odd }) => odd))];
  all.sort((left, right) => right.deviation - left.deviation);
  const total = all.reduce((sum, mode) => sum + mode.deviation ** 2, 0);
  const kept = all.slice(0, count).filter((mode) => mode.deviation > threshold * all[0]!.deviation);
  return {
    modes: kept.map((mode) => mode.make()),
    deviations: kept.map((mode) => mode.deviation),
    held: kept.reduce((sum, mode) => sum + mode.deviation ** 2, 0) / total,
  };
}

function splitParts(sample: Float64Array, mirrored: Float64Array): { even: Float64Array; odd: Float64Array } {
  const even = new Float64Array(sample.length);
  const odd = new Float64Array(sample.length);
  for (let at = 0; at < sample.length; at++) {
    even[at] = (sample[at]! + mirrored[at]!) / 2;
    odd[at] = (sample[at]! - mirrored[at]!) / 2;
  }
  return { even, odd };
}

interface LazyMode {
  /** Root of the variance of the coefficient, summed over the mode's elements (the mode itself has unit length). */
  readonly deviation: number;
  make(): Float64Array;
}

/** Eigenvectors of the Gram matrix G = X Xᵀ / n give the modes Xᵀ w / √n, whose length is the deviation. */
function snapshotModes(samples: readonly Float64Array[]): LazyMode[] {
  const gram = gramMatrix(samples);
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

/** All inner products over n, four rows by four columns at a time, so that each number that is read serves four products. */
function gramMatrix(samples: readonly Float64Array[]): Matrix {
  const n = samples.length;
  const gram = new Matrix(n, n);
  for (let row = 0; row < n; row += 4) {
    for (let column = 0; column <= row; column += 4) {
      const block = fourByFour(samples, row, column);
      for (let i = 0; i < Math.min(4, n - row); i++) {
        for (let j = 0; j < Math.min(4, n - column); j++) {
          gram.set(row + i, column + j, block[i * 4 + j]! / n);
          gram.set(column + j, row + i, block[i * 4 + j]! / n);
        }
      }
    }
  }
  return gram;
}

function fourByFour(samples: readonly Float64Array[], row: number, column: number): Float64Array {
  const last = samples.length - 1;
  const pick = (index: number): Float64Array => samples[Math.min(index, last)]!;
  const [a, b, c, d] = [pick(row), pick(row + 1), pick(row + 2), pick(row + 3)];
  const [e, f, g, h] = [pick(column), pick(column + 1), pick(column + 2), pick(column + 3)];
  let ae = 0, af = 0, ag = 0, ah = 0, be = 0, bf = 0, bg = 0, bh = 0;
  let ce = 0, cf = 0, cg = 0, ch = 0, de = 0, df = 0, dg = 0, dh = 0;
  for (let at = 0; at < a.length; at++) {
    const a0 = a[at]!, b0 = b[at]!, c0 = c[at]!, d0 = d[at]!;
    const e0 = e[at]!, f0 = f[at]!, g0 = g[at]!, h0 = h[at]!;
    ae += a0 * e0; af += a0 * f0; ag += a0 * g0; ah += a0 * h0;
    be += b0 * e0; bf += b0 * f0; bg += b0 * g0; bh += b0 * h0;
    ce += c0 * e0; cf += c0 * f0; cg += c0 * g0; ch += c0 * h0;
    de += d0 * e0; df += d0 * f0; dg += d0 * g0; dh += d0 * h0;
  }
  return Float64Array.of(ae, af, ag, ah, be, bf, bg, bh, ce, cf, cg, ch, de, df, dg, dh);
}
