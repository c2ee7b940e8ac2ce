/**
 * Comparisons and logic have no gradient in TensorFlow.js, and a mask made from a differentiated value stops the whole
 * backward pass; `floorDiv` is given the derivative of a division. The derivative is zero almost everywhere, so zero is registered.
 */
import { tf, type Tensor } from '../tf.js';
import { replaceGradient } from './registry.js';

const binary = ['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual', 'LogicalAnd', 'LogicalOr', 'LogicalXor', 'FloorDiv'];

export function registerZeroGradients(): void {
  for (const kernel of binary) {
    replaceGradient({ kernel, saves: ['a', 'b'], gradient: (_dy, [a, b]) => ({ a: zerosLike(a!), b: zerosLike(b!) }) });
  }
  replaceGradient({ kernel: 'LogicalNot', gradient: (dy) => ({ x: zerosLike(dy) }) });
}

/** Gradients are float32 whatever the type of the input. */
const zerosLike = (tensor: Tensor) => (): Tensor => tf.fill(tensor.shape, 0);
