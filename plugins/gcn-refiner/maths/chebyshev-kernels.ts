/**
 * The two sums over Chebyshev polynomials T_k of a symmetric sparse matrix L̃ (T_0 = 1, T_1 = L̃, T_k = 2 L̃ T_{k−1} − T_{k−2}), as
 * kernels on typed arrays. Since L̃ is symmetric, each is the other's adjoint, so each is the other's gradient:
 *
 * - basis: x [B, N, F] → [B, N, K · F], block k of a row is (T_k x);
 * - sum: z [B, N, K · F] → Σ_k T_k z_k [B, N, F], by Clenshaw's recurrence.
 */
import { defineKernel, type KernelFunction, type SparseMatrix, type Tensor } from '../../../framework/device/index.js';

interface Polynomials {
  readonly laplacian: SparseMatrix;
  readonly terms: number;
}

const basisKernel: KernelFunction<Polynomials> = defineKernel<Polynomials>({
  name: 'gcn-refiner/chebyshev-basis',
  inputs: ['x'],
  outputs: ([x], { terms }) => [{ shape: [x!.shape[0]!, x!.shape[1]!, x!.shape[2]! * terms], dtype: 'float32' }],
  compute: ([x], [basis], { laplacian, terms }) => {
    const [batch, vertices, features] = x!.shape as [number, number, number];
    for (let sample = 0; sample < batch; sample++) {
      const from = x!.data.subarray(sample * vertices * features, (sample + 1) * vertices * features) as Float32Array;
      const to = basis!.data.subarray(sample * vertices * features * terms, (sample + 1) * vertices * features * terms) as Float32Array;
      fillBasis(laplacian, from, to, features, terms);
    }
  },
  savesInputs: [],
  gradient: ([dBasis], _saved, attributes) => [sumKernel([dBasis!], attributes)[0]!],
});

const sumKernel: KernelFunction<Polynomials> = defineKernel<Polynomials>({
  name: 'gcn-refiner/chebyshev-sum',
  inputs: ['z'],
  outputs: ([z], { terms }) => [{ shape: [z!.shape[0]!, z!.shape[1]!, z!.shape[2]! / terms], dtype: 'float32' }],
  compute: ([z], [sum], { laplacian, terms }) => {
    const [batch, vertices, features] = sum!.shape as [number, number, number];
    for (let sample = 0; sample < batch; sample++) {
      const from = z!.data.subarray(sample * vertices * features * terms, (sample + 1) * vertices * features * terms) as Float32Array;
      const to = sum!.data.subarray(sample * vertices * features, (sample + 1) * vertices * features) as Float32Array;
      fillSum(laplacian, from, to, features, terms);
    }
  },
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

function fillBasis(laplacian: SparseMatrix, from: Float32Array, to: Float32Array, features: number, terms: number): void {
  const stride = features * terms;
  const vertices = laplacian.rows;
  for (let vertex = 0; vertex < vertices; vertex++) {
    for (let feature = 0; feature < features; feature++) to[vertex * stride + feature] = from[vertex * features + feature]!;
  }
  for (let k = 1; k < terms; k++) {
    const before = k > 1 ? -1 : 0;
    const factor = k > 1 ? 2 : 1;
    const older = Math.max(0, k - 2) * features;
    multiply(laplacian, factor, to, (k - 1) * features, stride, before, to, older, stride, to, k * features, stride, features);
  }
}

function fillSum(laplacian: SparseMatrix, from: Float32Array, to: Float32Array, features: number, terms: number): void {
  const vertices = laplacian.rows;
  const stride = features * terms;
  const size = vertices * features;
  const scratch = scratchOf(3 * size);
  const parts = [scratch.subarray(0, size), scratch.subarray(size, 2 * size), scratch.subarray(2 * size, 3 * size)] as const;
  // b_k for k = terms − 1 … 1, in turn in three buffers; two buffers of zeros stand for b_terms and b_{terms+1}.
  let [newer, newest, spare] = [parts[0].fill(0), parts[1].fill(0), parts[2]] as [Float32Array, Float32Array, Float32Array];
  for (let k = terms - 1; k >= 1; k--) {
    multiply(laplacian, 2, newest, 0, features, -1, newer, 0, features, spare, 0, features, features);
    addStrided(from, k * features, stride, spare, features, vertices);
    [newer, newest, spare] = [newest, spare, newer];
  }
  multiply(laplacian, 1, newest, 0, features, -1, newer, 0, features, to, 0, features, features);
  addStrided(from, 0, stride, to, features, vertices);
}

/** to = factor · L̃ x + before · older, four channels at a time; each array is read from an offset, one vertex every `stride`. */
function multiply(
  laplacian: SparseMatrix, factor: number, x: Float32Array, xOffset: number, xStride: number,
  before: number, older: Float32Array, olderOffset: number, olderStride: number,
  to: Float32Array, toOffset: number, toStride: number, features: number,
): void {
  const { rows, rowPointers, columnIndices, values } = laplacian;
  const whole = features - (features % 4);
  for (let row = 0; row < rows; row++) {
    const first = rowPointers[row]!;
    const end = rowPointers[row + 1]!;
    const write = toOffset + row * toStride;
    const old = olderOffset + row * olderStride;
    for (let c = 0; c < whole; c += 4) {
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
      for (let entry = first; entry < end; entry++) {
        const value = values[entry]!;
        const read = xOffset + columnIndices[entry]! * xStride + c;
        s0 += value * x[read]!;
        s1 += value * x[read + 1]!;
        s2 += value * x[read + 2]!;
        s3 += value * x[read + 3]!;
      }
      to[write + c] = factor * s0 + before * older[old + c]!;
      to[write + c + 1] = factor * s1 + before * older[old + c + 1]!;
      to[write + c + 2] = factor * s2 + before * older[old + c + 2]!;
      to[write + c + 3] = factor * s3 + before * older[old + c + 3]!;
    }
    for (let c = whole; c < features; c++) {
      let sum = 0;
      for (let entry = first; entry < end; entry++) sum += values[entry]! * x[xOffset + columnIndices[entry]! * xStride + c]!;
      to[write + c] = factor * sum + before * older[old + c]!;
    }
  }
}

function addStrided(from: Float32Array, offset: number, stride: number, to: Float32Array, features: number, vertices: number): void {
  for (let vertex = 0; vertex < vertices; vertex++) {
    for (let feature = 0; feature < features; feature++) {
      to[vertex * features + feature]! += from[offset + vertex * stride + feature]!;
    }
  }
}

let scratch = new Float32Array(0);

/** Kept between calls: a kernel runs to its end before another starts. */
function scratchOf(size: number): Float32Array {
  if (scratch.length < size) scratch = new Float32Array(size);
  return scratch;
}
