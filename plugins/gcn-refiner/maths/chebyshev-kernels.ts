/**
 * The two sums over Chebyshev polynomials T_k of a symmetric sparse matrix L̃ (T_0 = 1, T_1 = L̃, T_k = 2 L̃ T_{k−1} − T_{k−2}), as
 * kernels on typed arrays. Since L̃ is symmetric, each is the other's adjoint, so each is the other's gradient:
 *
 * - basis: x [B, N, F] → [B, N, K · F], block k of a row is (T_k x);
 * - sum: z [B, N, K · F] → Σ_k T_k z_k [B, N, F].
 */
import { defineKernel, tensorflowLoops, type KernelFunction, type SparseMatrix, type Tensor } from '../../../framework/device/index.js';
import { fillBasis, fillSum } from '../host/sparse-polynomials.js';
import { basisWgsl, sumWgsl, type Polynomials } from './chebyshev-wgsl.js';

const basisKernel: KernelFunction<Polynomials> = defineKernel<Polynomials>({
  name: 'gcn-refiner/chebyshev-basis',
  inputs: ['x'],
  outputs: ([x], { terms }) => [{ shape: [x!.shape[0]!, x!.shape[1]!, x!.shape[2]! * terms], dtype: 'float32' }],
  compute: ([x], [basis], { laplacian, terms }) =>
    fillBasis(laplacian, x!.data as Float32Array, basis!.data as Float32Array, x!.shape[2]!, terms),
  tensorflow: ([x], { laplacian, terms }) => [tensorflowLoops.chebyshevBasis(laplacian, x!, terms)],
  wgsl: basisWgsl,
  savesInputs: [],
  gradient: ([dBasis], _saved, attributes) => [sumKernel([dBasis!], attributes)[0]!],
});

const sumKernel: KernelFunction<Polynomials> = defineKernel<Polynomials>({
  name: 'gcn-refiner/chebyshev-sum',
  inputs: ['z'],
  outputs: ([z], { terms }) => [{ shape: [z!.shape[0]!, z!.shape[1]!, z!.shape[2]! / terms], dtype: 'float32' }],
  compute: ([z], [sum], { laplacian, terms }) =>
    fillSum(laplacian, z!.data as Float32Array, sum!.data as Float32Array, sum!.shape[2]!, terms),
  tensorflow: ([z], { laplacian, terms }) => [tensorflowLoops.chebyshevSum(laplacian, z!, terms)],
  wgsl: sumWgsl,
  savesInputs: [],
  gradient: ([dSum], _saved, attributes) => [basisKernel([dSum!], attributes)[0]!],
});

/** [B, N, F] → [B, N, K · F]: T_0 x, …, T_{K−1} x side by side. */
export function chebyshevBasis(laplacian: SparseMatrix, x: Tensor, terms: number): Tensor {
  return basisKernel([x], { laplacian, terms })[0]!;
}

/** [B, N, K · F] → [B, N, F]: Σ_k T_k z_k. */
export function chebyshevSum(laplacian: SparseMatrix, z: Tensor, terms: number): Tensor {
  return sumKernel([z], { laplacian, terms })[0]!;
}
