import { tf, type Tensor } from '../../../framework/device/index.js';
import { coefficientGroups, groupOf, type CoefficientGroup } from './coefficient-groups.js';

export type GroupNumbers = Readonly<Record<CoefficientGroup, number>>;

/**
 * L = Σ_g w_g · mean_{i ∈ g} ((predicted_i − target_i) / s_g)², one value per sample. The scales s make the groups comparable: an
 * angle off by s is as wrong as an identity coefficient off by one standard deviation.
 *
 * @param predicted float32 [B, 257]; target float32 [B, 257].
 * @returns [B]; 0 for a perfect prediction.
 *
 * Source: the paper, 3.2.3 (the coefficients of a render are known); form and scales are ours.
 */
export function coefficientConsistency(predicted: Tensor, target: Tensor, weights: GroupNumbers, scales: GroupNumbers): Tensor {
  return tf.tidy(() => {
    const difference = tf.sub(predicted, target);
    const groups = (Object.keys(coefficientGroups) as CoefficientGroup[]).filter((group) => weights[group] !== 0);
    const terms = groups.map((group) => tf.mul(tf.mean(tf.square(groupOf(difference, group)), 1), weights[group] / scales[group] ** 2));
    return terms.length ? tf.addN(terms) : tf.zeros([predicted.shape[0]!]);
  });
}
