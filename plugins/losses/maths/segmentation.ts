import { tf, type Tensor } from '../../../framework/device/index.js';

const places = [1, 2, 3];

/**
 * L = Σ_p w_p (softplus(x_p) − t_p x_p) / max(Σ_p w_p, 1): the binary cross-entropy of σ(x) and t, in nats. One value per sample.
 *
 * @param logits x [B, S, S, 1].
 * @param mask t [B, S, S, 1] in 0 … 1.
 * @param weight w [B, S, S, 1], not negative; 1 everywhere where it is absent. Pixels of weight 0 do not count.
 * @returns [B].
 */
export function crossEntropy(logits: Tensor, mask: Tensor, weight?: Tensor): Tensor {
  return tf.tidy(() => {
    const w = weight ?? tf.onesLike(mask);
    const each = tf.sub(tf.softplus(logits), tf.mul(mask, logits));
    return tf.div(tf.sum(tf.mul(w, each), places), tf.maximum(tf.sum(w, places), 1));
  });
}

/**
 * L = 1 − (2 Σ_p w_p σ(x_p) t_p + 1) / (Σ_p w_p σ(x_p) + Σ_p w_p t_p + 1): one minus the soft Dice coefficient, 0 … 1, one value per
 * sample; an empty mask that is met by an empty answer costs nothing. Arguments as in `crossEntropy`.
 *
 * @returns [B].
 *
 * Source: Milletari et al., "V-Net", 3DV 2016. Differs: sums of values instead of squares, and the added ones.
 */
export function softDice(logits: Tensor, mask: Tensor, weight?: Tensor): Tensor {
  return tf.tidy(() => {
    const w = weight ?? tf.onesLike(mask);
    const answer = tf.mul(w, tf.sigmoid(logits));
    const both = tf.sum(tf.mul(answer, mask), places);
    const either = tf.add(tf.sum(answer, places), tf.sum(tf.mul(w, mask), places));
    return tf.sub(1, tf.div(tf.add(tf.mul(both, 2), 1), tf.add(either, 1)));
  });
}
