/** What the tensor code of plugins may use: import it from `maths/`, `networks/` and device stages only. */
export { tf, type Tensor, type Variable } from './tf.js';
export { defineKernel, type KernelFunction, type KernelSpec, type KernelView, type KernelOutput } from './define-kernel.js';
