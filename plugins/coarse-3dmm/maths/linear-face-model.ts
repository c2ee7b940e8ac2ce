import { tf, type Tensor } from '../../../framework/device/index.js';
import { expectShape } from './expect-shape.js';

/**
 * S = B α for every sample: the offsets that a linear basis gives (Deng et al. 2019, Eq. 1; the paper's Eq. 1 and 2 without
 * the mean).
 *
 * The basis is a constant: no gradient flows into it, and the gradient of α is dyᵀ B, so that the large matrix is
 * never transposed.
 *
 * @param basis float32 [N*3, K], coordinates of one vertex next to each other, multiplied by standard deviations.
 * @param coefficients float32 [B, K], in standard deviations.
 * @returns float32 [B, N, 3], in the basis's unit.
 * @throws RangeError when the shapes do not fit.
 */
export function linearOffsets(basis: Tensor, coefficients: Tensor): Tensor {
  expectShape(basis, ['N*3', 'K'], 'basis');
  expectShape(coefficients, ['B', basis.shape[1]!], 'coefficients');
  const rows = basis.shape[0]!;
  const product = tf.customGrad((x, save) => {
    (save as tf.GradSaveFunc)([basis]);
    return {
      value: tf.transpose(tf.matMul(basis, tf.transpose(x as Tensor))),
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.matMul(dy, saved[0]!),
    };
  });
  return tf.tidy(() => tf.reshape(product(coefficients), [coefficients.shape[0]!, rows / 3, 3]));
}

export interface FaceBases {
  /** [N, 3] */
  readonly meanShape: Tensor;
  /** [N*3, 80] */
  readonly identity: Tensor;
  /** [N*3, 64] */
  readonly expression: Tensor;
}

/**
 * S = S̄ + B_id α + B_exp β (Deng et al. 2019, Eq. 1), in the model's own frame.
 *
 * @param identity float32 [B, 80], expression float32 [B, 64], in standard deviations.
 * @returns float32 [B, N, 3], dm.
 */
export function faceShape(bases: FaceBases, identity: Tensor, expression: Tensor): Tensor {
  return tf.tidy(() => tf.add(bases.meanShape, tf.add(linearOffsets(bases.identity, identity), linearOffsets(bases.expression, expression))));
}

/**
 * T = T̄ + B_tex δ (Deng et al. 2019, Eq. 2). Not clamped, as in Deep3D.
 *
 * @param meanAlbedo float32 [N, 3], basis float32 [N*3, 80], coefficients float32 [B, 80].
 * @returns float32 [B, N, 3], sRGB in 0..1 for plausible coefficients.
 */
export function faceAlbedo(meanAlbedo: Tensor, basis: Tensor, coefficients: Tensor): Tensor {
  return tf.tidy(() => tf.add(meanAlbedo, linearOffsets(basis, coefficients)));
}
