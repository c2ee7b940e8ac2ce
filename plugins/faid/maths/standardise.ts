import { tf, type Tensor } from '../../../framework/device/index.js';

/** Keeps components that hardly vary over people from being blown up: a share of the mean deviation. */
const floorShare = 0.1;

/**
 * z = (f − mean) / max(deviation, 0.1 · mean deviation), clipped to ±5: features on one scale for a trainable layer.
 *
 * @param features float32 [B, F].
 * @param mean float32 [F]; deviation float32 [F].
 */
export function standardise(features: Tensor, mean: Tensor, deviation: Tensor): Tensor {
  return tf.tidy(() => {
    const scale = tf.maximum(deviation, tf.mul(tf.mean(deviation), floorShare));
    return tf.clipByValue(tf.div(tf.sub(features, mean), scale), -5, 5);
  });
}
