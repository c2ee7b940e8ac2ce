import { tf, type Tensor } from '../../../framework/device/index.js';
import { groupOf } from './coefficient-groups.js';

export interface PriorWeights {
  readonly identity: number;
  readonly expression: number;
  readonly albedo: number;
}

/**
 * L = w_id ‖α‖² + w_exp ‖β‖² + w_alb ‖δ‖², one value per sample: coefficients are in standard deviations.
 *
 * @param coefficients float32 [B, 257].
 *
 * Source: Deng et al. 2019 (Deep3D), weights of its code: 1, 0.8, 0.017.
 */
export function coefficientPrior(coefficients: Tensor, weights: PriorWeights): Tensor {
  const square = (group: keyof PriorWeights): Tensor => tf.mul(tf.sum(tf.square(groupOf(coefficients, group)), 1), weights[group]);
  return tf.tidy(() => tf.addN([square('identity'), square('expression'), square('albedo')]));
}
