import { safeNorm, tf, type Tensor } from '../../../framework/device/index.js';

/**
 * Σ_k ‖p_k − q_k‖₂ / (5 ‖q_0 − q_1‖₂): the mean error of five landmarks as a share of the distance between the eyes.
 *
 * Source: the usual measure on CelebA's five points (Sun et al. 2013).
 *
 * @param points p, float32 [B, 5, 2], px: both eyes, nose, both corners of the mouth.
 * @param reference q, float32 [B, 5, 2], px, in the same picture and order.
 * @returns float32 [B].
 * @throws Error when the shapes differ.
 */
export function fivePointError(points: Tensor, reference: Tensor): Tensor {
  tf.util.assertShapesMatch(points.shape, reference.shape, 'fivePointError: ');
  const batch = points.shape[0]!;
  return tf.tidy(() => {
    const eye = (index: number): Tensor => tf.reshape(tf.slice(reference, [0, index, 0], [batch, 1, 2]), [batch, 2]);
    return tf.div(tf.mean(safeNorm(tf.sub(points, reference), 2), 1), safeNorm(tf.sub(eye(0), eye(1)), 1));
  });
}
