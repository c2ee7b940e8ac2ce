import { tf, type Tensor } from '../../../framework/device/index.js';

/**
 * Sample by sample the first value where the switch is 1, the second where it is 0.
 *
 * @param choice float32 [B]; first, second float32 [B, …].
 */
export function choose(choice: Tensor, first: Tensor, second: Tensor): Tensor {
  return tf.tidy(() => {
    const weight = tf.reshape(choice, [-1, ...first.shape.slice(1).map(() => 1)]);
    return tf.add(second, tf.mul(weight, tf.sub(first, second)));
  });
}
