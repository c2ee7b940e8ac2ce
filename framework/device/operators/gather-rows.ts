import { tf, type Tensor } from '../tf.js';
import { defineKernel } from '../define-kernel.js';
import { heapKernels } from '../simd/index.js';
import { sizeOf } from '../../values/host-tensor.js';
import { scatterAdd } from '../webgpu/scatter-add.js';

interface Rows {
  readonly rows: number;
}

const gatherKernel = defineKernel<Rows>({
  name: 'device/gather-rows',
  inputs: ['x', 'indices'],
  outputs: ([x, indices]) => [{ shape: [x!.shape[0]!, indices!.shape.at(-1)!, x!.shape[2]!], dtype: 'float32' }],
  compute: ([x, indices], [result]) => {
    const [batch, rows, channels] = x!.shape as [number, number, number];
    const count = indices!.shape.at(-1)!;
    const perBatch = indices!.shape.length === 2 ? count : 0;
    const kernels = heapKernels(result!.data);
    let write = 0;
    for (let b = 0; b < batch; b++) {
      if (kernels) {
        const stride = 4 * channels;
        const list = indices!.data.byteOffset + 4 * b * perBatch;
        const bad = kernels.gatherRows(
          x!.data.byteOffset + b * rows * stride, list, count, rows, stride, result!.data.byteOffset + b * count * stride,
        );
        if (bad >= 0) refuse(indices!.data[b * perBatch + bad]!, bad, rows);
        continue;
      }
      for (let m = 0; m < count; m++) {
        const row = indices!.data[b * perBatch + m]!;
        if (row < 0 || row >= rows) refuse(row, m, rows);
        const read = (b * rows + row) * channels;
        for (let c = 0; c < channels; c++) result!.data[write++] = x!.data[read + c]!;
      }
    }
  },
  wgsl: ({ inputs: [x, indices], outputs: [result], knownValues }) => {
    const [, rows, channels] = x!.shape as [number, number, number];
    const count = indices!.shape.at(-1)!;
    knownValues('indices')?.forEach((row, place) => {
      if (row < 0 || row >= rows) refuse(row, place % count, rows);
    });
    return {
      results: ['result'],
      integers: { rowCount: rows, channels, listLength: count, perBatch: indices!.shape.length === 2 ? count : 0 },
      passes: [{
        count: sizeOf(result!.shape),
        code: `fn run(index: i32) {
          let place = (index / u.channels) % u.listLength;
          let block = index / (u.channels * u.listLength);
          result[index] = x[(block * u.rowCount + indices[block * u.perBatch + place]) * u.channels + index % u.channels];
        }`,
      }],
    };
  },
  savesInputs: ['indices'],
  gradient: ([dy], { inputs }, attributes) => [scatterKernel([dy!, inputs[1]!], attributes)[0]!, null],
});

const scatterKernel = defineKernel<Rows>({
  name: 'device/scatter-add-rows',
  inputs: ['dy', 'indices'],
  outputs: ([dy], { rows }) => [{ shape: [dy!.shape[0]!, rows, dy!.shape[2]!], dtype: 'float32' }],
  compute: ([dy, indices], [result], { rows }) => {
    const [batch, count, channels] = dy!.shape as [number, number, number];
    const perBatch = indices!.shape.length === 2 ? count : 0;
    const kernels = heapKernels(result!.data);
    let read = 0;
    for (let b = 0; b < batch; b++) {
      if (kernels) {
        const stride = 4 * channels;
        const list = indices!.data.byteOffset + 4 * b * perBatch;
        kernels.scatterAddRows(dy!.data.byteOffset + b * count * stride, list, count, stride, result!.data.byteOffset + b * rows * stride);
        continue;
      }
      for (let m = 0; m < count; m++) {
        const write = (b * rows + indices!.data[b * perBatch + m]!) * channels;
        for (let c = 0; c < channels; c++) result!.data[write + c]! += dy!.data[read++]!;
      }
    }
  },
  wgsl: ({ inputs: [dy, indices], attributes: { rows } }) => {
    const [batch, count, inner] = dy!.shape as [number, number, number];
    const shared = indices!.shape.length === 1;
    return scatterAdd('dy', 'indices', { lists: shared ? 1 : batch, blocksPerList: shared ? batch : 1, count, extent: rows, inner });
  },
});

function refuse(row: number, place: number, rows: number): never {
  throw new RangeError(`gatherRows: index ${row} at ${place} is outside the ${rows} rows`);
}

/**
 * y[b, m, :] = x[b, indices[m], :], or x[b, indices[b, m], :] with one list for each sample. The gradient adds the rows
 * of dy back where they came from, repeated indices summed.
 *
 * @param x float32 [B, N, C].
 * @param indices rows in [0, N): an Int32Array of M, or an int32 tensor [M] or [B, M].
 * @returns float32 [B, M, C].
 * @throws RangeError when a shape does not fit or an index is out of range.
 */
export function gatherRows(x: Tensor, indices: Int32Array | Tensor): Tensor {
  if (x.rank !== 3) throw new RangeError(`gatherRows: x must be [B, N, C], got [${x.shape.join(', ')}]`);
  return tf.tidy(() => {
    const rows = indices instanceof Int32Array ? tf.tensor1d(indices, 'int32') : indices;
    const fits = rows.dtype === 'int32' && (rows.rank === 1 || (rows.rank === 2 && rows.shape[0] === x.shape[0]));
    if (!fits) throw new RangeError(`gatherRows: indices must be int32 [M] or [${x.shape[0]}, M], got ${rows.dtype} [${rows.shape.join(', ')}]`);
    return gatherKernel([x, rows], { rows: x.shape[1]! })[0]!;
  });
}
