import { tf, type Tensor } from '../../../framework/device/index.js';

/** What the refiners' outputs are: additions to the coarse albedo, or albedos around mid-grey. */
export type FusionMode = 'residual' | 'absolute';

/** The albedo that an output of zero stands for in the absolute mode: the middle of [0, 1]. */
const middle = 0.5;

/**
 * The refined albedo: coarse + mean of the residuals; in the absolute mode, 0.5 + mean of the outputs. Without outputs it is the
 * coarse albedo.
 *
 * @param coarse float32 [B, N, 3].
 * @param outputs float32 [B, N, 3] each, from the mesh-wise and the feature-wise refiner.
 *
 * Source: the paper, 3.2.2 (mean of the two textures). Differs: residuals by default, so that training starts at the coarse albedo.
 */
export function fuseAlbedo(coarse: Tensor, outputs: readonly Tensor[], mode: FusionMode): Tensor {
  if (outputs.length === 0) return coarse.clone();
  return tf.tidy(() => {
    const mean = tf.div(outputs.length === 1 ? outputs[0]! : tf.addN([...outputs]), outputs.length);
    return tf.add(mean, mode === 'residual' ? coarse : middle);
  });
}
