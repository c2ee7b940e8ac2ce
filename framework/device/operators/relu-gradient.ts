import { tf, type Tensor } from '../tf.js';

/**
 * dy where y > 0, elsewhere 0: the gradient of `relu`, in one operation where the engine has it.
 *
 * @param dy float32, the gradient of the output.
 * @param y the output or the input of `relu`, of the same shape: their signs are the same.
 */
export function reluGradient(dy: Tensor, y: Tensor): Tensor {
  if (tf.getKernel('ReluGrad', tf.getBackend())) return tf.engine().runKernel<Tensor>('ReluGrad', { dy, y });
  return tf.mul(dy, tf.step(y));
}
