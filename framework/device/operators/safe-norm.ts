import { tf, type Tensor } from '../tf.js';

/** Keeps √ and its derivative finite at 0: 1e-6 in the root's units. */
const guard = 1e-12;

/** y = √(x + 1e-12), element by element, for x ≥ 0. The derivative at 0 is 5e5 instead of infinite. */
export function safeSqrt(x: Tensor): Tensor {
  return tf.tidy(() => x.add(guard).sqrt());
}

/**
 * ‖x‖₂ = √(Σ x² + 1e-12) over one axis; its derivative at x = 0 is 0.
 *
 * @param axis the summed axis, the last by default.
 * @param keepDims keep the axis with extent 1.
 */
export function safeNorm(x: Tensor, axis = -1, keepDims = false): Tensor {
  return tf.tidy(() => safeSqrt(x.square().sum(axis, keepDims)));
}
