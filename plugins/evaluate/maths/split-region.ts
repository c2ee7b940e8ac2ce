import { tf, type Tensor } from '../../../framework/device/index.js';

/**
 * visible = m · (1 − o), occluded = m · o: the parts of a region beside and under an occluder; their sum is the region.
 *
 * @param mask m, float32 [B, H, W, 1], weights in 0 … 1.
 * @param occluder o, float32 [B, H, W, 1], 1 where the occluder lies.
 * @throws Error when the shapes differ.
 */
export function splitRegion(mask: Tensor, occluder: Tensor): { readonly visible: Tensor; readonly occluded: Tensor } {
  tf.util.assertShapesMatch(mask.shape, occluder.shape, 'splitRegion: mask and occluder: ');
  const occluded = tf.mul(mask, occluder);
  return { visible: tf.sub(mask, occluded), occluded };
}
