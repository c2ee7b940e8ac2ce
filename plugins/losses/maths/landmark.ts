import { tf, type Tensor } from '../../../framework/device/index.js';

/** Deep3D's weights of the 68 landmarks: 20 for the nose ridge and tip (28 … 30) and the inner mouth (60 … 67), else 1. */
export const deep3dLandmarkWeights = Float32Array.from({ length: 68 }, (_, index) => ((index >= 28 && index <= 30) || index >= 60 ? 20 : 1));

/**
 * L = (1 / 68) Σ_k w_k ‖p_k − q_k‖² · scale², one value per sample.
 *
 * @param predicted float32 [B, 68, 2], px; target float32 [B, 68, 2], px; weights float32 [68].
 * @param scale turns pixels into those of the 224 px image for which Deep3D's weight 1.6e-3 was set.
 *
 * Source: Deng et al. 2019 (Deep3D).
 */
export function landmarkDistance(predicted: Tensor, target: Tensor, weights: Tensor, scale: number): Tensor {
  return tf.tidy(() => {
    const squared = tf.sum(tf.squaredDifference(predicted, target), 2);
    return tf.mul(tf.mean(tf.mul(squared, weights), 1), scale ** 2);
  });
}
