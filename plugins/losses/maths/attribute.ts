import { safeNorm, tf, type Tensor } from '../../../framework/device/index.js';

/**
 * L = ‖f − g‖₂ / spread, one value per sample; the spread is the RMS distance between two people, so that 1 means "as far as
 * another person".
 *
 * @param f float32 [B, A]; g float32 [B, A]; spread > 0, in feature units (1 for the plain distance).
 * @returns [B].
 *
 * Source: the paper, Eq. 8. Differs: scaled, so that its weight does not hang on the units of a network.
 */
export function attributeDistance(f: Tensor, g: Tensor, spread: number): Tensor {
  return tf.tidy(() => tf.div(safeNorm(tf.sub(f, g), 1), spread));
}
