import { safeNorm, tf, type Tensor } from '../../../framework/device/index.js';

/**
 * NME = Σ_k v_k ‖p_k − q_k‖₂ / (Σ_k v_k · √(w h)), w × h the bounding box of all reference points q; v = 1 for each unless given.
 *
 * Source: 3DDFA's `benchmark_aflw2000.py` (all 68 points, box of the annotation, both eyes and the jaw included), after Zhu et al. 2016.
 *
 * @param landmarks p, float32 [B, N, 2], px.
 * @param reference q, float32 [B, N, 2], px, in the same picture.
 * @param visible v, float32 [B, N], weights ≥ 0.
 * @returns float32 [B], a share of the face's size; 0 where no point counts.
 * @throws Error when the shapes do not fit.
 */
export function nme(landmarks: Tensor, reference: Tensor, visible?: Tensor): Tensor {
  const [batch, count] = reference.shape as [number, number];
  tf.util.assertShapesMatch(landmarks.shape, reference.shape, 'nme: ');
  if (visible) tf.util.assertShapesMatch(visible.shape, [batch, count], 'nme: visible: ');
  return tf.tidy(() => {
    const distances = safeNorm(tf.sub(landmarks, reference), 2);
    const [width, height] = tf.unstack(tf.sub(tf.max(reference, 1), tf.min(reference, 1)), 1) as [Tensor, Tensor];
    const weights = visible ?? tf.ones([batch, count]);
    const mean = tf.div(tf.sum(tf.mul(distances, weights), 1), tf.maximum(tf.sum(weights, 1), 1e-12));
    return tf.div(mean, tf.sqrt(tf.mul(width, height)));
  });
}
