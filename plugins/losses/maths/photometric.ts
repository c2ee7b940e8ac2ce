import { safeSqrt, stopGradient, tf, type Tensor } from '../../../framework/device/index.js';

export interface PhotometricInputs {
  /** I [B, S, S, 3] in [0, 1]. */
  readonly image: Tensor;
  /** I_R [B, S, S, 3]. */
  readonly render: Tensor;
  /** Masks [B, S, S, 1] that are multiplied: M, coverage. */
  readonly masks: readonly Tensor[];
  /** Pixels to leave out [B, S, S, 1]: a known occluder. */
  readonly exclude?: Tensor;
}

/**
 * L = Σ_p m_p ‖I_p − I_R,p‖₂ / max(Σ_p m_p, 1), one value per sample; m = M ∧ coverage ∧ ¬occluder, without a gradient through m.
 *
 * @returns [B], in colour units (0 … √3).
 *
 * Source: the paper, Eq. 6. Differs from Deep3D, which sums over the batch before dividing (here a batch gives what its samples
 * give) and adds 1e-6 under the root.
 */
export function photometric({ image, render, masks, exclude }: PhotometricInputs): Tensor {
  return tf.tidy(() => {
    const distance = safeSqrt(tf.sum(tf.squaredDifference(image, render), 3, true));
    const weight = stopGradient(tf.tidy(() => {
      const start: Tensor = exclude ? tf.sub(1, exclude) : tf.onesLike(distance);
      return masks.reduce((product, mask) => tf.mul(product, mask), start);
    }));
    return tf.div(tf.sum(tf.mul(distance, weight), [1, 2, 3]), tf.maximum(tf.sum(weight, [1, 2, 3]), 1));
  });
}
