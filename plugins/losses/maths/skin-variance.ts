import { tf, type Tensor } from '../../../framework/device/index.js';

/**
 * L = Σ_{v ∈ skin} ‖T_v − T̄‖² / |skin|, T̄ the mean over the skin vertices, one value per sample: the albedo of skin is even.
 *
 * @param albedo float32 [B, N, 3] in [0, 1].
 * @param skin float32 [N, 1], each vertex's share of the mean: weights that sum to 1.
 *
 * Source: Deng et al. 2019 (Deep3D, `reflectance`).
 */
export function skinVariance(albedo: Tensor, skin: Tensor): Tensor {
  return tf.tidy(() => {
    const mean = tf.sum(tf.mul(albedo, skin), 1, true);
    return tf.sum(tf.mul(tf.square(tf.sub(albedo, mean)), skin), [1, 2]);
  });
}
