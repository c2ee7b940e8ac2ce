import { tf, type Tensor } from '../../../framework/device/index.js';
import { coefficientSlices, type CoefficientGroup } from '../host/coefficients.js';

/** The columns of one group. coefficients float32 [B, 257] → [B, length]. */
export function sliceOf(coefficients: Tensor, group: CoefficientGroup): Tensor {
  const [start, end] = coefficientSlices[group];
  return tf.slice(coefficients, [0, start], [-1, end - start]);
}
