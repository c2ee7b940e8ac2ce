/** The colour of one person's skin in one photo: a Gaussian around a smooth field of lightness and hue. */
import { chooseSkin } from './choose-skin.js';
import { weightedPixels } from './cluster-colours.js';
import { gatherPixels } from './gather-pixels.js';

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
  const pixels = weightedPixels(weights);
  const seeds = gatherPixels(weights, 1, pixels);
  const colours = gatherPixels(features, 3, pixels);
  const basis = fieldBasis(gatherPixels(positions, 2, pixels));
  const most = mostDeviation([start.mean[1], start.mean[2]]);
  let fields = start.mean.map((value) => [value]);
  let expected = valuesOf(fields, basis);
  let covariance = [0.3 ** 2, 0, 0, 0, 0.06 ** 2, 0, 0, 0, 0.07 ** 2];
  for (const terms of schedule) {
    const distances = mahalanobis(colours, expected, covariance);
    const robust = seeds.map((weight, index) => (distances[index] > 12 ? 0 : (weight * 7) / (4 + distances[index])));
    fields = fitFields(colours, basis, robust, terms);
    expected = valuesOf(fields, basis);
    covariance = covarianceOf(colours, expected, robust, most);
  }
  return modelOf(features, valuesOf(fields, fieldBasis(positions)), covariance);
}

/**
 * One round of the same, from pixels that are known to be skin (weight 1, others 0), with a linear field. `features` is [pixels, 3], `positions` [pixels, 2]; some
 * weight must be given.
 */
export function fitSureSkin(features: Float32Array, positions: FacePositions, sure: Float32Array): SkinModel {
  const basis = fieldBasis(positions);
  const fields = fitFields(features, basis, sure, { light: 3, hue: 3 });
  const expected = valuesOf(fields, basis);
  return modelOf(features, expected, covarianceOf(features, expected, sure, mostDeviation([fields[1][0], fields[2][0]])));
}

function modelOf(features: Float32Array, expected: Float32Array, covariance: readonly number[]): SkinModel {
  return { distances: mahalanobis(features, expected, covariance), logPeak: -0.5 * Math.log(determinant(covariance)) - 1.5 * Math.log(2 * Math.PI) };
}

/** Terms of a quadratic field: 1, x, y, x², xy, y². */
const termCount = 6;

/** Least-squares fields of the three features over the first terms of the basis: their coefficients. */
function fitFields(colours: Float32Array, basis: Float64Array, weights: Float32Array, terms: { readonly light: number; readonly hue: number }): number[][] {
  const system = normalEquations(colours, basis, weights, Math.max(terms.light, terms.hue));
  return [0, 1, 2].map((axis) => solveRidge(systemOf(system, axis, axis === 0 ? terms.light : terms.hue), axis === 0 ? ridge.light : ridge.hue));
}

/** [pixels, 3] */
function valuesOf(fields: readonly (readonly number[])[], basis: Float64Array): Float32Array {
  const values = new Float32Array(basis.length / 2);
  for (let axis = 0; axis < 3; axis++) {
    const coefficients = fields[axis];
    for (let at = axis, from = 0; at < values.length; at += 3, from += termCount) {
      let value = 0;
      for (let term = 0; term < coefficients.length; term++) value += coefficients[term] * basis[from + term];
      values[at] = value;
    }
  }
  return values;
}

/** Columns behind the matrix: the three right-hand sides. */
const axes = 3;

/** [count, count + 3]: Σ w·b·bᵀ, its upper half, and Σ w·b·f. */
function normalEquations(colours: Float32Array, basis: Float64Array, weights: Float32Array, count: number): Float64Array[] {
  const system = Array.from({ length: count }, () => new Float64Array(count + axes));
  for (let pixel = 0; pixel < weights.length; pixel++) {
    if (weights[pixel] === 0) continue;
    const at = termCount * pixel;
    for (let i = 0; i < count; i++) {
      const row = system[i];
      const weighted = weights[pixel] * basis[at + i];
      for (let j = i; j < count; j++) row[j] += weighted * basis[at + j];
      for (let axis = 0; axis < axes; axis++) row[count + axis] += weighted * colours[3 * pixel + axis];
    }
  }
  return system;
}

/** [count, count + 1]: the equations of one axis and of its first terms. */
function systemOf(system: readonly Float64Array[], axis: number, count: number): Float64Array[] {
  return Array.from({ length: count }, (_, i) =>
    Float64Array.from({ length: count + 1 }, (_, j) => (j === count ? system[i][system.length + axis] : system[Math.min(i, j)][Math.max(i, j)])));
}

/** [pixels, 6] */
function fieldBasis(positions: FacePositions): Float64Array {
  const basis = new Float64Array(3 * positions.length);
  for (let pixel = 0, at = 0; at < basis.length; pixel++, at += termCount) {
    const x = positions[2 * pixel];
    const y = positions[2 * pixel + 1];
    basis[at] = 1;
    basis[at + 1] = x;
    basis[at + 2] = y;
    basis[at + 3] = x * x;
    basis[at + 4] = x * y;
    basis[at + 5] = y * y;
  }
  return basis;
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

function covarianceOf(colours: Float32Array, expected: Float32Array, weights: Float32Array, most: readonly number[]): number[] {
  let [xx, xy, xz, yy, yz, zz] = [0, 0, 0, 0, 0, 0];
  let total = 1e-9;
  for (let pixel = 0, at = 0; pixel < weights.length; pixel++, at += 3) {
    const weight = weights[pixel];
    if (weight === 0) continue;
    const x = colours[at] - expected[at];
    const y = colours[at + 1] - expected[at + 1];
    const z = colours[at + 2] - expected[at + 2];
    total += weight;
    xx += weight * x * x;
    xy += weight * x * y;
    xz += weight * x * z;
    yy += weight * y * y;
    yz += weight * y * z;
    zz += weight * z * z;
  }
  const shrink = [xx, yy, zz].map((sum, axis) => Math.min(1, most[axis] / Math.sqrt(sum / total + 1e-12)));
  return [xx, xy, xz, xy, yy, yz, xz, yz, zz].map((sum, index) => {
    const [row, column] = [Math.floor(index / 3), index % 3];
    return (sum / total) * shrink[row] * shrink[column] + (row === column ? leastDeviation[row] ** 2 : 0);
  });
}

function determinant([a, b, c, , e, f, , , i]: readonly number[]): number {
  return a * (e * i - f * f) - b * (b * i - f * c) + c * (b * f - e * c);
}

/** (f − μ)ᵀ Σ⁻¹ (f − μ) of every pixel, with the symmetric Σ inverted by cofactors. */
function mahalanobis(features: Float32Array, expected: Float32Array, covariance: readonly number[]): Float32Array {
  const [a, b, c, , e, f, , , i] = covariance;
  const scale = 1 / determinant(covariance);
  const [aa, ab, ac, bb, bc, cc] = [e * i - f * f, c * f - b * i, b * f - c * e, a * i - c * c, b * c - a * f, a * e - b * b].map((value) => value * scale);
  const distances = new Float32Array(features.length / 3);
  for (let pixel = 0, at = 0; pixel < distances.length; pixel++, at += 3) {
    const x = features[at] - expected[at];
    const y = features[at + 1] - expected[at + 1];
    const z = features[at + 2] - expected[at + 2];
    distances[pixel] = aa * x * x + bb * y * y + cc * z * z + 2 * (ab * x * y + ac * x * z + bc * y * z);
  }
  return distances;
}
