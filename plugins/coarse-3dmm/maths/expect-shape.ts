import type { Tensor } from '../../../framework/device/index.js';

/** Throws a RangeError that names the tensor unless its shape fits; a string stands for any extent. */
export function expectShape(tensor: Tensor, shape: readonly (number | string)[], name: string): void {
  const fits = tensor.rank === shape.length && shape.every((extent, axis) => typeof extent === 'string' || extent === tensor.shape[axis]);
  if (!fits) throw new RangeError(`"${name}" has a wrong shape: expected [${shape.join(', ')}], got [${tensor.shape.join(', ')}]`);
}
