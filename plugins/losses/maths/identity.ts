import { safeNorm, tf, type Tensor } from '../../../framework/device/index.js';

/**
 * L = 1 − cos(f − μ, g − μ), one value per sample; μ is the mean embedding of people, or nothing.
 *
 * Embeddings that share a large mean are all alike: the raw cosine of face-api's is 0.94 for one person and 0.88 for two. Centred it is
 * 0.54 and 0.01.
 *
 * @param f float32 [B, D]; g float32 [B, D]; mean float32 [D].
 * @returns [B], 0 … 2; 0 when the directions agree.
 *
 * Source: the paper, Eq. 7. Differs: centred.
 */
export function identityDistance(f: Tensor, g: Tensor, mean?: Tensor): Tensor {
  return tf.tidy(() => {
    const [a, b] = mean ? [tf.sub(f, mean), tf.sub(g, mean)] : [f, g];
    const cosine = tf.div(tf.sum(tf.mul(a, b), 1), tf.mul(safeNorm(a, 1), safeNorm(b, 1)));
    return tf.sub(1, cosine);
  });
}
