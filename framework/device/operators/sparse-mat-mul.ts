import { sizeOf } from '../../values/host-tensor.js';
import type { Tensor } from '../tf.js';
import { defineKernel, type KernelFunction } from '../define-kernel.js';
import { heapKernels, heapPointer, placeOnHeap } from '../simd/index.js';

/** A sparse matrix in compressed rows (CSR): entries of row r are `rowPointers[r]` … `rowPointers[r + 1] − 1`. */
export interface SparseMatrix {
  readonly rows: number;
  readonly columns: number;
  /** rows + 1 entries. */
  readonly rowPointers: Int32Array;
  readonly columnIndices: Int32Array;
  readonly values: Float32Array;
}

interface Product {
  readonly matrix: SparseMatrix;
}

const product: KernelFunction<Product> = defineKernel<Product>({
  name: 'device/sparse-mat-mul',
  inputs: ['x'],
  outputs: ([x], { matrix }) => [{ shape: [x!.shape[0]!, matrix.rows, x!.shape[2]!], dtype: 'float32' }],
  compute: ([x], [result], { matrix }) => {
    const [batch, , channels] = x!.shape as [number, number, number];
    if (multiplyOnHeap(matrix, x!.data as Float32Array, result!.data as Float32Array, batch, channels)) return;
    for (let b = 0; b < batch; b++) {
      const from = x!.data.subarray(b * matrix.columns * channels, (b + 1) * matrix.columns * channels) as Float32Array;
      const to = result!.data.subarray(b * matrix.rows * channels, (b + 1) * matrix.rows * channels) as Float32Array;
      multiplyInto(matrix, from, to, channels);
    }
  },
  wgsl: ({ inputs: [x], outputs: [result], attributes: { matrix } }) => ({
    results: ['result'],
    integers: { channels: x!.shape[2]!, rowCount: matrix.rows, columnCount: matrix.columns },
    constants: { rowPointers: matrix.rowPointers, columnIndices: matrix.columnIndices, entries: matrix.values },
    passes: [{
      count: sizeOf(result!.shape),
      code: `fn run(index: i32) {
        let channel = index % u.channels;
        let row = (index / u.channels) % u.rowCount;
        let block = (index / (u.channels * u.rowCount)) * u.columnCount;
        var sum = 0.0;
        for (var entry = rowPointers[row]; entry < rowPointers[row + 1]; entry++) {
          sum += entries[entry] * x[(block + columnIndices[entry]) * u.channels + channel];
        }
        result[index] = sum;
      }`,
    }],
  }),
  savesInputs: [],
  gradient: ([dy], _saved, { matrix }) => [multiply(transposeSparse(matrix), dy!)],
});

function multiply(matrix: SparseMatrix, x: Tensor): Tensor {
  [matrix.rowPointers, matrix.columnIndices, matrix.values].forEach(placeOnHeap);
  return product([x], { matrix })[0]!;
}

/** On the heap of wasm, with SIMD; false elsewhere. */
function multiplyOnHeap(matrix: SparseMatrix, from: Float32Array, to: Float32Array, batch: number, channels: number): boolean {
  const kernels = heapKernels(from);
  const [pointers, columns, values] = [heapPointer(matrix.rowPointers), heapPointer(matrix.columnIndices), heapPointer(matrix.values)];
  if (!kernels || pointers === undefined || columns === undefined || values === undefined) return false;
  const stride = 4 * channels;
  for (let b = 0; b < batch; b++) {
    kernels.sparseProduct(
      pointers, columns, values, matrix.rows, stride, from.byteOffset + b * matrix.columns * stride, to.byteOffset + b * matrix.rows * stride,
    );
  }
  return true;
}

/** Four channels at a time are summed in registers: twice as fast as adding to memory entry by entry. */
function multiplyInto(matrix: SparseMatrix, from: Float32Array, to: Float32Array, channels: number): void {
  const { rows, rowPointers, columnIndices, values } = matrix;
  const blocked = channels - (channels % 4);
  for (let row = 0; row < rows; row++) {
    const first = rowPointers[row]!;
    const end = rowPointers[row + 1]!;
    const write = row * channels;
    for (let c = 0; c < blocked; c += 4) {
      let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
      for (let entry = first; entry < end; entry++) {
        const value = values[entry]!;
        const read = columnIndices[entry]! * channels + c;
        sum0 += value * from[read]!;
        sum1 += value * from[read + 1]!;
        sum2 += value * from[read + 2]!;
        sum3 += value * from[read + 3]!;
      }
      to[write + c] = sum0;
      to[write + c + 1] = sum1;
      to[write + c + 2] = sum2;
      to[write + c + 3] = sum3;
    }
    for (let c = blocked; c < channels; c++) {
      let sum = 0;
      for (let entry = first; entry < end; entry++) sum += values[entry]! * from[columnIndices[entry]! * channels + c]!;
      to[write + c] = sum;
    }
  }
}

/**
 * y[b] = A x[b] for a constant sparse matrix A. The gradient is Aᵀ dy; Aᵀ is made once for each matrix object.
 *
 * @param matrix A [M, N].
 * @param x float32 [B, N, C].
 * @returns float32 [B, M, C].
 * @throws RangeError when x is not [B, N, C].
 */
export function sparseMatMul(matrix: SparseMatrix, x: Tensor): Tensor {
  if (x.rank !== 3 || x.shape[1] !== matrix.columns) {
    throw new RangeError(`sparseMatMul: x must be [B, ${matrix.columns}, C], got [${x.shape.join(', ')}]`);
  }
  return multiply(matrix, x);
}

const transposes = new WeakMap<SparseMatrix, SparseMatrix>();

/** Aᵀ, by counting sort; remembered for each matrix object, and (Aᵀ)ᵀ is A itself. */
export function transposeSparse(matrix: SparseMatrix): SparseMatrix {
  const known = transposes.get(matrix);
  if (known) return known;
  const { rows, columns, rowPointers, columnIndices, values } = matrix;
  const pointers = new Int32Array(columns + 1);
  for (const column of columnIndices) pointers[column + 1]!++;
  for (let column = 0; column < columns; column++) pointers[column + 1]! += pointers[column]!;
  const next = pointers.slice(0, columns);
  const indices = new Int32Array(columnIndices.length);
  const moved = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let entry = rowPointers[row]!; entry < rowPointers[row + 1]!; entry++) {
      const place = next[columnIndices[entry]!]!++;
      indices[place] = row;
      moved[place] = values[entry]!;
    }
  }
  const transposed: SparseMatrix = { rows: columns, columns: rows, rowPointers: pointers, columnIndices: indices, values: moved };
  transposes.set(matrix, transposed);
  transposes.set(transposed, matrix);
  return transposed;
}
