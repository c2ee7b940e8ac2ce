import { tf, type Tensor } from '../../../framework/device/index.js';

/**
 * 1 where every pixel within `radius` of a pixel (along rows and columns) is 1; beyond the border everything is taken for 1. No gradient.
 *
 * @param mask float32 [B, S, S, 1], 0 or 1.
 */
export function erode(mask: Tensor, radius: number): Tensor {
  return tf.tidy(() => tf.sub(1, tf.maxPool(tf.sub(1, mask) as tf.Tensor4D, 2 * radius + 1, 1, 'same')));
}
