import { safeSqrt, tf, type Tensor } from '../../../framework/device/index.js';

/**
 * cos(a, b) = Σ aᵢ bᵢ / (‖a‖ ‖b‖).
 *
 * @param a float32 [B, F].
 * @param b float32 [B, F].
 * @returns float32 [B]; 0 where a vector is zero.
 * @throws Error when the shapes differ.
 */
export function cosine(a: Tensor, b: Tensor): Tensor {
  tf.util.assertShapesMatch(a.shape, b.shape, 'cosine: ');
  return tf.tidy(() => a.mul(b).sum(1).div(safeSqrt(a.square().sum(1)).mul(safeSqrt(b.square().sum(1)))));
}
