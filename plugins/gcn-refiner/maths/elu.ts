import { tf, type Tensor } from '../../../framework/device/index.js';

/**
 * y = x for x > 0, else eˣ − 1. The gradient is dy · (1 + min(y, 0)): TensorFlow.js has it too, on wasm as a scalar loop that takes ten
 * times as long.
 */
export function elu(x: Tensor): Tensor {
  return tf.customGrad((input, save) => {
    const y = tf.elu(input as Tensor);
    (save as (tensors: Tensor[]) => void)([y]);
    return {
      value: y,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [kept] = saved as [Tensor];
        return tf.mul(dy, tf.add(tf.sub(kept, tf.relu(kept)), 1));
      },
    };
  })(x);
}
