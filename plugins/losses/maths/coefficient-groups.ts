import { tf, type Tensor } from '../../../framework/device/index.js';

/** Slices of the 257 coefficients, Deep3D's order: start and length. */
export const coefficientGroups = {
  identity: [0, 80], expression: [80, 64], albedo: [144, 80], angles: [224, 3], light: [227, 27], translation: [254, 2], depth: [256, 1],
} as const;

export type CoefficientGroup = keyof typeof coefficientGroups;

/** The columns of one group. coefficients [B, 257] → [B, length]. */
export function groupOf(coefficients: Tensor, group: CoefficientGroup): Tensor {
  const [start, length] = coefficientGroups[group];
  return tf.slice(coefficients, [0, start], [-1, length]);
}
