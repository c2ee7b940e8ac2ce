import { tf, type Tensor } from '../tf.js';

/**
 * y[b] = x[b] W: one matrix for every sample, as a single product of matrices (TensorFlow.js's own broadcast has no
 * gradient).
 *
 * @param x float32 [B, N, F].
 * @param w float32 [F, M].
 * @returns float32 [B, N, M].
 * @throws RangeError when the shapes do not fit.
 */
export function matMulShared(x: Tensor, w: Tensor): Tensor {
  if (x.rank !== 3 || w.rank !== 2 || x.shape[2] !== w.shape[0]) {
    throw new RangeError(`matMulShared: needs [B, N, F] and [F, M], got [${x.shape.join(', ')}] and [${w.shape.join(', ')}]`);
  }
  const [batch, rows, features] = x.shape as [number, number, number];
  return tf.tidy(() => tf.matMul(x.reshape([batch * rows, features]), w).reshape([batch, rows, w.shape[1]!]));
}
