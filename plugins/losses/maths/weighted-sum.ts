import { tf, type Tensor } from '../../../framework/device/index.js';

/**
 * w_i L_i, the terms of a weighted sum.
 *
 * @param terms float32 [B] each, one for each weight.
 */
export function weightedTerms(terms: readonly Tensor[], weights: readonly number[]): Tensor[] {
  return terms.map((term, index) => tf.mul(term, weights[index]!));
}

/**
 * L = Σ_i w_i L_i, one value per sample.
 *
 * @param terms float32 [B] each, one for each weight.
 */
export function weightedSum(terms: readonly Tensor[], weights: readonly number[]): Tensor {
  return tf.tidy(() => tf.addN(weightedTerms(terms, weights)));
}
