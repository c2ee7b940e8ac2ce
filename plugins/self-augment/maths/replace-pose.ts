import { tf, type Tensor } from '../../../framework/device/index.js';

/**
 * The coefficients with other angles (224 … 226) and, if given, another light (227 … 253); translation and the rest are kept.
 *
 * @param coefficients float32 [B, 257]; angles float32 [B, 3], radians; light float32 [B, 27].
 * @returns [B, 257].
 */
export function replacePose(coefficients: Tensor, angles: Tensor, light?: Tensor): Tensor {
  return tf.tidy(() => {
    const [before, , kept, after] = tf.split(coefficients, [224, 3, 27, 3], 1) as [Tensor, Tensor, Tensor, Tensor];
    return tf.concat([before, angles, light ?? kept, after], 1);
  });
}
