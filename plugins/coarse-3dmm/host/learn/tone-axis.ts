/** One axis from dark to light skin. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { HalfFace } from './half-face.js';

export interface ToneAxis {
  /** [H*3] how the albedo changes by one standard deviation of tone, towards light skin. */
  readonly mode: Float64Array;
  /** [N] tone of each sample, in standard deviations. */
  readonly scores: Float64Array;
  /** Share of the variance of the samples' mean skin colour. */
  readonly share: number;
}

/**
 * The first principal axis of the samples' mean skin colours (three numbers each) is the tone; its mode is the regression of the whole
 * albedo on it.
 *
 * @param samples [H*3] albedos
 * @param mean [H*3] their mean
 */
export function toneAxis(samples: readonly Float32Array[], mean: Float64Array, half: HalfFace): ToneAxis {
  const colours = samples.map((sample) => skinColour(sample, mean, half));
  const covariance = Matrix.zeros(3, 3);
  for (const colour of colours) {
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) covariance.set(i, j, covariance.get(i, j) + (colour[i]! * colour[j]!) / colours.length);
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const first = realEigenvalues.indexOf(Math.max(...realEigenvalues));
  const axis = eigenvectorMatrix.getColumn(first);
  const sign = Math.sign(axis.reduce((sum, value) => sum + value, 0)) || 1;
  const deviation = Math.sqrt(realEigenvalues[first]!);
  const scores = Float64Array.from(colours, (colour) => (sign * colour.reduce((sum, value, index) => sum + value * axis[index]!, 0)) / deviation);
  const mode = new Float64Array(mean.length);
  samples.forEach((sample, index) => {
    for (let at = 0; at < mode.length; at++) mode[at]! += (scores[index]! * (sample[at]! - mean[at]!)) / samples.length;
  });
  return { mode, scores, share: realEigenvalues[first]! / realEigenvalues.reduce((sum, value) => sum + value, 0) };
}

/** Mean difference from the mean over plain skin, by area. */
function skinColour(sample: Float32Array, mean: Float64Array, half: HalfFace): number[] {
  const sum = [0, 0, 0];
  let area = 0;
  half.skin.forEach((skin, index) => {
    if (!skin) return;
    area += half.area[index]!;
    for (let channel = 0; channel < 3; channel++) sum[channel]! += half.area[index]! * (sample[index * 3 + channel]! - mean[index * 3 + channel]!);
  });
  return sum.map((value) => value / area);
}
