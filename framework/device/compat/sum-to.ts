import { tf, type Tensor } from '../tf.js';

/** Sums over the leading axes that broadcasting added and those that it stretched: the adjoint of broadcasting. */
export function sumTo(x: Tensor, shape: readonly number[]): Tensor {
  const added = x.rank - shape.length;
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis < added || (shape[axis - added] === 1 && x.shape[axis] !== 1));
  return axes.length === 0 ? x : tf.sum(x, axes).reshape([...shape]);
}
