/** Operators of two tensors whose gradients in TensorFlow.js 4.22 forget that an operand was broadcast: they throw. */
import { tf, type Tensor } from '../tf.js';
import { replaceGradient } from './registry.js';
import { sumTo } from './sum-to.js';

export function registerBroadcastGradients(): void {
  // Where both are equal, all of dy goes to the first, as in TensorFlow.js.
  registerChoice('Maximum', (a, b) => a.greaterEqual(b));
  registerChoice('Minimum', (a, b) => a.lessEqual(b));
  replaceGradient({
    kernel: 'SquaredDifference',
    saves: ['a', 'b'],
    gradient: (dy, [a, b]) => ({
      a: () => sumTo(tf.mul(dy, tf.mul(tf.sub(a!, b!), 2)), a!.shape),
      b: () => sumTo(tf.mul(dy, tf.mul(tf.sub(b!, a!), 2)), b!.shape),
    }),
  });
}

function registerChoice(kernel: string, takesFirst: (a: Tensor, b: Tensor) => Tensor): void {
  replaceGradient({
    kernel,
    saves: ['a', 'b'],
    gradient: (dy, [a, b]) => ({
      a: () => sumTo(tf.mul(dy, takesFirst(a!, b!).toFloat()), a!.shape),
      b: () => sumTo(tf.mul(dy, takesFirst(a!, b!).logicalNot().toFloat()), b!.shape),
    }),
  });
}
