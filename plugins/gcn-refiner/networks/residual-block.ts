import { tf, type SparseMatrix, type Tensor, type Variable } from '../../../framework/device/index.js';
import { heNormal, zeros, type Initializer } from '../../../framework/index.js';
import { chebyshevConvolution } from '../maths/chebyshev-convolution.js';
import { elu } from '../maths/elu.js';
import { vertexLinear } from '../maths/vertex-linear.js';

/** Makes a trainable tensor by name, as a stage's context does. */
export type MakeVariable = (name: string, shape: readonly number[], initial: Initializer) => Variable;

export interface ResidualBlock {
  readonly from: number;
  readonly to: number;
  /** K, the number of Chebyshev terms. */
  readonly terms: number;
  /** The last block of a network that adds to its input: weights of the output start at zero, and no ELU bends the output. */
  readonly last: boolean;
}

/**
 * One residual block on a mesh: y = ELU(C₂(ELU(C₁(x) + b₁)) + S x + b₂), with Chebyshev convolutions C. S is the identity where the
 * widths agree, else one matrix for every vertex. x [B, N, F] → y [B, N, M].
 *
 * Source: the paper, 3.2.1; `model_resnet.py` of 3D-Face-GCNs. Differs: a last block has no ELU and starts at zero, so
 * that a refiner begins at the coarse albedo and can darken as well as brighten.
 */
export function residualBlock(variable: MakeVariable, name: string, { from, to, terms, last }: ResidualBlock): (x: Tensor, laplacian: SparseMatrix) => Tensor {
  const first = variable(`${name}/conv1/kernel`, [terms, from, to], heNormal);
  const firstBias = variable(`${name}/conv1/bias`, [to], zeros);
  const second = variable(`${name}/conv2/kernel`, [terms, to, to], last ? zeros : heNormal);
  const secondBias = variable(`${name}/conv2/bias`, [to], zeros);
  const shortcut = last || from !== to ? variable(`${name}/shortcut/kernel`, [from, to], last ? zeros : heNormal) : undefined;
  return (x, laplacian) =>
    tf.tidy(() => {
      const hidden = elu(tf.add(chebyshevConvolution(laplacian, x, first), firstBias));
      const straight = shortcut ? vertexLinear(x, shortcut) : x;
      const sum = tf.add(tf.add(chebyshevConvolution(laplacian, hidden, second), straight), secondBias);
      return last ? sum : elu(sum);
    });
}
