import { tf, type Tensor } from '../../../framework/device/index.js';

/**
 * L = Σ_i w_i L_i, one value per sample.
 *
 * @param terms float32 [B] each, one for each weight.
 */
export function weightedSum(terms: readonly Tensor[], weights: readonly number[]): Tensor {
  return tf.tidy(() => tf.addN(terms.map((term, index) => tf.mul(term, weights[index]!))));
}
