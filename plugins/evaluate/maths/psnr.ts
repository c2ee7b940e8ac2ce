import { tf, type Tensor } from '../../../framework/device/index.js';

/**
 * PSNR = −10 log₁₀( Σ_p m_p Σ_c (x_pc − y_pc)² / (3 Σ_p m_p) ) in dB, for colours in 0 … 1 (peak 1).
 *
 * @param image float32 [B, H, W, 3].
 * @param reference float32 [B, H, W, 3].
 * @param region float32 [B, H, W, 1], weights m ≥ 0.
 * @returns float32 [B]; at most 100 dB, which is also the value of equal images and of an empty region.
 * @throws Error when the shapes differ.
 */
export function psnr(image: Tensor, reference: Tensor, region: Tensor): Tensor {
  tf.util.assertShapesMatch(image.shape, reference.shape, 'psnr: image and reference: ');
  return tf.tidy(() => {
    const squares = image.sub(reference).square().mul(region).sum([1, 2, 3]);
    const meanSquare = squares.div(region.sum([1, 2, 3]).mul(image.shape[3]!).maximum(1e-12));
    return meanSquare.maximum(1e-10).log().mul(-10 / Math.LN10);
  });
}
