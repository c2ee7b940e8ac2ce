/**
 * Gradients of gathering: `gather` (stock: 2.1 s on cpu for 4 096 rows, missing on wasm), `gatherND`, `scatterND`, and the
 * kernel of `unsortedSegmentSum`, which wasm lacks.
 */
import { tf } from '../tf.js';
import { computeOnHost, defineKernel, type KernelSpec } from '../define-kernel.js';
import { replaceGradient, replaceKernel } from './registry.js';
import { kernelOf } from './stock-kernels.js';
import { scatterAdd } from '../webgpu/scatter-add.js';

interface ScatterLayout {
  readonly batch: number;
  readonly outer: number;
  /** Extent of the gathered axis in the result. */
  readonly extent: number;
  readonly indices: number;
  readonly inner: number;
  readonly shape: readonly number[];
}

/** result[b, o, indices[b, i], :] += values[b, o, i, :]; indices outside [0, extent) are dropped. */
const scatterSum = defineKernel<ScatterLayout>({
  name: 'device/scatter-sum',
  inputs: ['values', 'indices'],
  outputs: (_inputs, { shape }) => [{ shape, dtype: 'float32' }],
  compute: ([values, indices], [result], { batch, outer, extent, indices: count, inner }) => {
    const from = values!.data;
    const rows = indices!.data;
    const to = result!.data;
    for (let b = 0; b < batch; b++) {
      for (let o = 0; o < outer; o++) {
        const block = (b * outer + o) * extent;
        let read = (b * outer + o) * count * inner;
        for (let i = 0; i < count; i++, read += inner) {
          const row = rows[b * count + i]!;
          if (row < 0 || row >= extent) continue;
          const write = (block + row) * inner;
          for (let c = 0; c < inner; c++) to[write + c]! += from[read + c]!;
        }
      }
    }
  },
  wgsl: ({ attributes: { batch, outer, extent, indices: count, inner } }) =>
    scatterAdd('values', 'indices', { lists: batch, blocksPerList: outer, count, extent, inner }),
});

export function registerGatherGradients(): void {
  replaceGradient({
    kernel: 'GatherV2',
    saves: ['x', 'indices'],
    gradient: (dy, [x, indices], attributes) => ({
      x: () => scatterSum([dy, indices!], gatherLayout(x!, indices!, attributes))[0]!,
      indices: () => tf.zeros(indices!.shape),
    }),
  });
  replaceGradient({
    kernel: 'GatherNd',
    saves: ['params', 'indices'],
    gradient: (dy, [params, indices]) => ({
      params: () => tf.scatterND(indices!, dy, params!.shape as [number]),
      indices: () => tf.zeros(indices!.shape),
    }),
  });
  replaceGradient({
    kernel: 'ScatterNd',
    saves: ['indices'],
    gradient: (dy, [indices]) => ({ updates: () => tf.gatherND(dy, indices!), indices: () => tf.zeros(indices!.shape) }),
  });
}

function gatherLayout(x: tf.TensorInfo, indices: tf.TensorInfo, attributes: Readonly<Record<string, unknown>>): ScatterLayout {
  const axis = tf.util.parseAxisParam(attributes['axis'] as number, x.shape)[0]!;
  const batchDims = (attributes['batchDims'] as number | undefined) ?? 0;
  const product = (extents: readonly number[]): number => extents.reduce((size, extent) => size * extent, 1);
  return {
    batch: product(x.shape.slice(0, batchDims)),
    outer: product(x.shape.slice(batchDims, axis)),
    extent: x.shape[axis]!,
    indices: product(indices.shape.slice(batchDims)),
    inner: product(x.shape.slice(axis + 1)),
    shape: x.shape,
  };
}

/** result[segment[i], :] += x[i, :]; negative segments are dropped. */
const segmentSum: Pick<KernelSpec<{ readonly numSegments: number }>, 'outputs' | 'compute'> = {
  outputs: ([x, segments], { numSegments }) => [
    { shape: [numSegments, ...x!.shape.slice(segments!.shape.length)], dtype: x!.dtype },
  ],
  compute: ([x, segments], [result]) => {
    const rows = segments!.data;
    const inner = x!.data.length / Math.max(1, rows.length);
    const extent = result!.shape[0]!;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      if (row < 0 || row >= extent) continue;
      for (let c = 0; c < inner; c++) result!.data[row * inner + c]! += x!.data[i * inner + c]!;
    }
  },
};

export function registerSegmentSum(backendName: string): void {
  replaceKernel('UnsortedSegmentSum', backendName, ({ inputs, attributes, backend }) =>
    computeOnHost(segmentSum, [inputs['x']!, inputs['segmentIds']!], backend, { numSegments: attributes['numSegments'] as number })[0]!,
  );
}

/** result[b, o, i, :] = x[b, o, indices[b, i], :]. */
const batchedGather: Pick<KernelSpec<ScatterLayout & { readonly result: readonly number[] }>, 'outputs' | 'compute'> = {
  outputs: ([x], { result }) => [{ shape: result, dtype: x!.dtype }],
  compute: ([x, indices], [result], { batch, outer, extent, indices: count, inner }) => {
    let write = 0;
    for (let b = 0; b < batch; b++) {
      for (let o = 0; o < outer; o++) {
        for (let i = 0; i < count; i++) {
          const read = ((b * outer + o) * extent + indices!.data[b * count + i]!) * inner;
          for (let c = 0; c < inner; c++) result!.data[write++] = x!.data[read + c]!;
        }
      }
    }
  },
};

/** With batch axes, wasm's own kernel reads the wrong rows from the second sample on; without, it is kept. */
export function registerWasmGather(): void {
  const stock = kernelOf('GatherV2', 'wasm');
  replaceKernel('GatherV2', 'wasm', ({ inputs, attributes, backend }) => {
    const [x, indices] = [inputs['x']!, inputs['indices']!];
    const batchDims = (attributes['batchDims'] as number | undefined) ?? 0;
    if (batchDims === 0) return stock({ inputs, attrs: attributes, backend });
    const axis = tf.util.parseAxisParam(attributes['axis'] as number, x.shape)[0]!;
    const result = [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)];
    return computeOnHost(batchedGather, [x, indices], backend, { ...gatherLayout(x, indices, attributes), result })[0]!;
  });
}
