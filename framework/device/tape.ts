/** The tape of TensorFlow.js: computing beside it, and cutting it. */
import { tf, type Tensor } from './tf.js';

/**
 * Runs `compute` so that nothing is recorded on the tape and no activation is kept for it: its results are constants
 * of every gradient. TensorFlow.js stops recording the same way while a kernel runs.
 */
export function withoutTape<T>(compute: () => T): T {
  const { state } = tf.engine();
  state.kernelDepth++;
  try {
    return compute();
  } finally {
    state.kernelDepth--;
  }
}

/** The same values, as a constant of every gradient: y = x, dy/dx = 0. Shares the memory of `x`. */
export function stopGradient<T extends Tensor>(x: T): T {
  return withoutTape(() => x.clone());
}
