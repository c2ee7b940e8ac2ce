/** Loops of the addon on the memory of tensorflow's tensors, for the `tensorflow` form of kernels. */
import { tf, type Tensor } from '../../tf.js';
import type { TensorflowBackend } from './binding.js';
import { adopt } from './host-memory.js';

/** The parts of a matrix in compressed rows that the loops read. */
interface SparseRows {
  readonly rowPointers: Int32Array;
  readonly columnIndices: Int32Array;
  readonly values: Float32Array;
}

export interface AdamNumbers {
  /** Factor on the gradient. */
  readonly scale: number;
  /** Learning rate over 1 − β₁ᵗ. */
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** 1 / √(1 − β₂ᵗ). */
  readonly root2: number;
}

const backend = (): TensorflowBackend => tf.backend() as TensorflowBackend;

function tensorOf(id: number, shape: readonly number[]): Tensor {
  return tf.engine().makeTensorFromTensorInfo(adopt(backend(), id, shape));
}

/** They work while tensorflow is the current engine, and belong into the `tensorflow` form of a kernel only. */
export const tensorflowLoops = {
  /** x [B, N, F] → [B, N, K · F], block k of a row is T_k(A) x: T_0 = 1, T_1 = A, T_k = 2 A T_{k−1} − T_{k−2}. */
  chebyshevBasis({ rowPointers, columnIndices, values }: SparseRows, x: Tensor, terms: number): Tensor {
    const [batch, rows, channels] = x.shape as [number, number, number];
    const [id] = backend().getInputTensorIds([x]);
    return tensorOf(backend().binding.chebyshevBasis(rowPointers, columnIndices, values, id!, terms), [batch, rows, channels * terms]);
  },

  /** z [B, N, K · F] → Σ_k T_k(A) z_k [B, N, F]. */
  chebyshevSum({ rowPointers, columnIndices, values }: SparseRows, z: Tensor, terms: number): Tensor {
    const [batch, rows, width] = z.shape as [number, number, number];
    const [id] = backend().getInputTensorIds([z]);
    return tensorOf(backend().binding.chebyshevSum(rowPointers, columnIndices, values, id!, terms), [batch, rows, width / terms]);
  },

  /** [weight, first moment, second moment, gradient] → the first three after one update of Adam. */
  adam(tensors: readonly [Tensor, Tensor, Tensor, Tensor], { scale, rate, beta1, beta2, epsilon, root2 }: AdamNumbers): Tensor[] {
    const ids = backend().getInputTensorIds(tensors);
    const made = backend().binding.adam(ids, Float32Array.of(scale, rate, beta1, 1 - beta1, beta2, 1 - beta2, epsilon, root2));
    return made.map((id) => tensorOf(id, tensors[0].shape));
  },

  /** √Σx², summed in float64: [1]. */
  norm(x: Tensor): Tensor {
    const [id] = backend().getInputTensorIds([x]);
    return tensorOf(backend().binding.norm(id!), [1]);
  },
};
