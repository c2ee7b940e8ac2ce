import { matMulShared, tf, type SparseMatrix, type Tensor } from '../../../framework/device/index.js';
import { chebyshevBasis, chebyshevSum } from './chebyshev-kernels.js';
import { vertexLinear, weightGradient } from './vertex-linear.js';

/**
 * A basis up to this size is kept for the backward pass, a larger one is made twice. The refiner of widths 16, 32, 16 on one face of 35.5 k vertices
 * holds 83 MiB at its worst instead of 131, for 17 % more time (2 cores, wasm).
 */
const keptBytes = 8 * 2 ** 20;

/**
 * y = Σ_{k<K} T_k(L̃) x W_k, the spectral convolution of the paper's Eq. 3 and 4; T_0 = x, T_1 = L̃ x, T_k = 2 L̃ T_{k−1} − T_{k−2}.
 *
 * Where the output has fewer channels than the input, the weights are applied first and the polynomials summed by Clenshaw's
 * recurrence: the sparse products then cost min(F, M) channels.
 *
 * @param laplacian L̃ [N, N], symmetric: see `meshLaplacian`.
 * @param x float32 [B, N, F].
 * @param weights float32 [K, F, M]; K counts the terms, so the degree is K − 1.
 * @returns float32 [B, N, M]; no bias.
 * @throws RangeError when the shapes do not fit.
 *
 * Source: the paper, Eq. 3 and 4; Defferrard et al. 2016. Differs: CoMA's code keeps [F · K, M] with row f · K + k.
 */
export function chebyshevConvolution(laplacian: SparseMatrix, x: Tensor, weights: Tensor): Tensor {
  const [terms, features, outputs] = weights.shape as [number, number, number];
  if (x.rank !== 3 || weights.rank !== 3 || x.shape[1] !== laplacian.rows || x.shape[2] !== features) {
    throw new RangeError(
      `chebyshevConvolution: needs x [B, ${laplacian.rows}, F] and weights [K, F, M], got [${x.shape.join(', ')}] and [${weights.shape.join(', ')}]`,
    );
  }
  return tf.tidy(() => {
    if (terms === 1) return vertexLinear(x, tf.reshape(weights, [features, outputs]));
    if (outputs >= features) {
      const flat = tf.reshape(weights, [terms * features, outputs]);
      const basisBytes = 4 * terms * x.size;
      return basisBytes > keptBytes ? remakeBasis(laplacian, x, flat, terms) : vertexLinear(chebyshevBasis(laplacian, x, terms), flat);
    }
    const sideBySide = tf.reshape(tf.transpose(weights, [1, 0, 2]), [features, terms * outputs]);
    return chebyshevSum(laplacian, vertexLinear(x, sideBySide), terms);
  });
}

/** The polynomials of x side by side, times the weights; the basis, K times as large as x, is made anew in the backward pass. */
function remakeBasis(laplacian: SparseMatrix, x: Tensor, weights: Tensor, terms: number): Tensor {
  return tf.customGrad((left, right, save) => {
    const [input, matrix] = [left as Tensor, right as Tensor];
    (save as (tensors: Tensor[]) => void)([input, matrix]);
    return {
      value: matMulShared(chebyshevBasis(laplacian, input, terms), matrix),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [keptInput, keptMatrix] = saved as [Tensor, Tensor];
        return [
          chebyshevSum(laplacian, matMulShared(dy, tf.transpose(keptMatrix)), terms),
          weightGradient(chebyshevBasis(laplacian, keptInput, terms), dy),
        ];
      },
    };
  })(x, weights);
}
