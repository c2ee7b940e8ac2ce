import { tf, type Tensor } from '../../../framework/device/index.js';

/**
 * The same residual for each sample: R [N, 3] → [B, N, 3], for the coarse albedos [B, N, 3].
 *
 * @throws Error when R has another number of vertices than the albedos.
 *
 * Source: ours, a baseline: what a refiner gives that has learned nothing of the person.
 */
export function constantResidual(albedo: Tensor, residual: Tensor): Tensor {
  tf.util.assertShapesMatch(residual.shape, albedo.shape.slice(1), 'constantResidual: residual and albedo: ');
  return tf.tidy(() => tf.tile(tf.expandDims(residual, 0), [albedo.shape[0]!, 1, 1]));
}
