/** The colour of one person's skin in one photo: a Gaussian around a smooth field of lightness and hue. */
import { chooseSkin } from './choose-skin.js';

/** Where each pixel lies: [pixels, 2], about −1 … 1 over the face. */
export type FacePositions = Float32Array;

export interface SkinModel {
  /** Squared Mahalanobis distance of each pixel from the colour expected at its place, [pixels]. */
  readonly distances: Float32Array;
  /** Log of the Gaussian's normalisation: log density = logPeak − distance / 2. */
  readonly logPeak: number;
}

/** Least standard deviations of log luma and the two hues: texture and compression noise. */
const leastDeviation = [0.135, 0.04, 0.045] as const;

/**
 * Most that the fit may spread before those are added: beyond it another material would be taken in. Saturated colours spread
 * more, so the bound grows with the hue itself.
 */
function mostDeviation(meanHue: readonly [number, number]): [number, number, number] {
  return [0.25, 0.045 + 0.1 * Math.abs(meanHue[0]), 0.05 + 0.2 * Math.abs(meanHue[1])];
}

/** Terms of the lightness field and of the hue fields, by round: the fields become bendable only once the colour is found. */
const schedule: readonly { readonly light: number; readonly hue: number }[] = [
  { light: 1, hue: 1 }, { light: 1, hue: 1 }, { light: 3, hue: 1 }, { light: 3, hue: 1 }, { light: 6, hue: 1 }, { light: 6, hue: 1 },
  { light: 6, hue: 3 }, { light: 6, hue: 3 },
];

/**
 * Robust fit: start at the cluster of `weights`-weighted pixels that most looks like skin, then rounds of weighted least squares for
 * the fields (constant, linear, quadratic in position) and the covariance, with Student weights (ν + 3) / (ν + d²), ν = 4, and
 * nothing from beyond d² = 12. `features` is [pixels, 3] from `colourFeatures`. Null when no pixel has weight.
 */
export function fitSkinModel(features: Float32Array, positions: FacePositions, weights: Float32Array): SkinModel | null {
  const start = chooseSkin(features, positions, weights);
  if (!start) return null;
  const pixels = weights.length;
  let expected = new Float32Array(features.length);
  for (let pixel = 0; pixel < pixels; pixel++) expected.set(start.mean, 3 * pixel);
  let covariance = [0.3 ** 2, 0, 0, 0, 0.06 ** 2, 0, 0, 0, 0.07 ** 2];
  const weighted = Int32Array.from(weights.keys()).filter((pixel) => weights[pixel] > 0);
  const basis = fieldBasis(positions);
  let distances = mahalanobis(features, expected, covariance, weighted);
  schedule.forEach((terms, round) => {
    const robust = weights.map((weight, pixel) => (weight === 0 || distances[pixel] > 12 ? 0 : (weight * 7) / (4 + distances[pixel])));
    const isLast = round === schedule.length - 1; // only the last round needs the pixels without weight
    const wanted = isLast ? everyPixel(pixels) : weighted;
    expected = fitFields(features, basis, robust, wanted, terms);
    covariance = covarianceOf(features, expected, robust, mostDeviation([start.mean[1], start.mean[2]]));
    distances = mahalanobis(features, expected, covariance, wanted);
  });
  return { distances, logPeak: -0.5 * Math.log(determinant(covariance)) - 1.5 * Math.log(2 * Math.PI) };
}

/** Terms of a quadratic field: 1, x, y, x², xy, y². */
const termCount = 6;

/** Least-squares fields of the three features over the first terms of the basis; given at the pixels named. */
function fitFields(
  features: Float32Array, basis: Float64Array, weights: Float32Array, wanted: Int32Array, terms: { readonly light: number; readonly hue: number },
): Float32Array<ArrayBuffer> {
  const expected = new Float32Array(features.length);
  for (let axis = 0; axis < 3; axis++) {
    const count = axis === 0 ? terms.light : terms.hue;
    const coefficients = solveRidge(normalEquations(features, basis, weights, axis, count), axis === 0 ? ridge.light : ridge.hue);
    for (const pixel of wanted) {
      let value = 0;
      for (let term = 0; term < count; term++) value += coefficients[term] * basis[termCount * pixel + term];
      expected[3 * pixel + axis] = value;
    }
  }
  return expected;
}

/** [count, count + 1] of Σ w·b·bᵀ and Σ w·b·f. */
function normalEquations(features: Float32Array, basis: Float64Array, weights: Float32Array, axis: number, count: number): Float64Array[] {
  const system = Array.from({ length: count }, () => new Float64Array(count + 1));
  for (let pixel = 0; pixel < weights.length; pixel++) {
    if (weights[pixel] === 0) continue;
    const at = termCount * pixel;
    for (let i = 0; i < count; i++) {
      const row = system[i];
      const weighted = weights[pixel] * basis[at + i];
      for (let j = 0; j < count; j++) row[j] += weighted * basis[at + j];
      row[count] += weighted * features[3 * pixel + axis];
    }
  }
  return system;
}

/** [pixels, 6] */
function fieldBasis(positions: FacePositions): Float64Array {
  const basis = new Float64Array(3 * positions.length);
  for (let pixel = 0; pixel < positions.length / 2; pixel++) {
    const x = positions[2 * pixel];
    const y = positions[2 * pixel + 1];
    basis.set([1, x, y, x * x, x * y, y * y], termCount * pixel);
  }
  return basis;
}

function everyPixel(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, pixel) => pixel);
}

/** Pull towards a flat field. Hue needs the stronger one: a tilted field would reach from skin to the cloth of a face mask. */
const ridge = { light: 0.05, hue: 0.15 } as const;

/** Solves a symmetric system [n, n + 1] with a ridge, as a share of all weight, on all terms but the constant. */
function solveRidge(system: Float64Array[], share: number): number[] {
  const count = system.length;
  for (let term = 1; term < count; term++) system[term][term] += share * system[0][0] + 1e-9;
  if (system[0][0] === 0) system[0][0] = 1;
  for (let pivot = 0; pivot < count; pivot++) {
    for (let row = 0; row < count; row++) {
      if (row === pivot) continue;
      const factor = system[row][pivot] / system[pivot][pivot];
      for (let column = pivot; column <= count; column++) system[row][column] -= factor * system[pivot][column];
    }
  }
  return system.map((row, index) => row[count] / row[index]);
}

function covarianceOf(features: Float32Array, expected: Float32Array, weights: Float32Array, most: readonly number[]): number[] {
  const sums = new Array<number>(9).fill(0);
  let total = 1e-9;
  for (let pixel = 0; pixel < weights.length; pixel++) {
    if (weights[pixel] === 0) continue;
    total += weights[pixel];
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        sums[3 * i + j] += weights[pixel] * (features[3 * pixel + i] - expected[3 * pixel + i]) * (features[3 * pixel + j] - expected[3 * pixel + j]);
      }
    }
  }
  const shrink = [0, 1, 2].map((axis) => Math.min(1, most[axis] / Math.sqrt(sums[4 * axis] / total + 1e-12)));
  return sums.map((sum, index) => {
    const axis = [Math.floor(index / 3), index % 3];
    return (sum / total) * shrink[axis[0]] * shrink[axis[1]] + (axis[0] === axis[1] ? leastDeviation[axis[0]] ** 2 : 0);
  });
}

function determinant([a, b, c, , e, f, , , i]: readonly number[]): number {
  return a * (e * i - f * f) - b * (b * i - f * c) + c * (b * f - e * c);
}

/** (f − μ)ᵀ Σ⁻¹ (f − μ) for the pixels named, with the symmetric Σ inverted by cofactors. */
function mahalanobis(features: Float32Array, expected: Float32Array, covariance: readonly number[], pixels: Int32Array): Float32Array {
  const [a, b, c, , e, f, , , i] = covariance;
  const scale = 1 / determinant(covariance);
  const [aa, ab, ac, bb, bc, cc] = [e * i - f * f, c * f - b * i, b * f - c * e, a * i - c * c, b * c - a * f, a * e - b * b].map((value) => value * scale);
  const distances = new Float32Array(features.length / 3);
  for (const pixel of pixels) {
    const x = features[3 * pixel] - expected[3 * pixel];
    const y = features[3 * pixel + 1] - expected[3 * pixel + 1];
    const z = features[3 * pixel + 2] - expected[3 * pixel + 2];
    distances[pixel] = aa * x * x + bb * y * y + cc * z * z + 2 * (ab * x * y + ac * x * z + bc * y * z);
  }
  return distances;
}
