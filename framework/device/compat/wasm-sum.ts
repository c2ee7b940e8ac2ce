/**
 * Sums over axes that are not the last, on wasm: TensorFlow.js transposes the whole tensor first. Here rows are added up in one
 * pass. The gradient of every bias is such a sum.
 */
import { tf } from '../tf.js';
import { computeOnHost, type KernelSpec } from '../define-kernel.js';
import { heapKernels } from '../simd/index.js';
import { replaceKernel } from './registry.js';
import { kernelOf } from './stock-kernels.js';

interface Rows {
  readonly outer: number;
  readonly rows: number;
  readonly inner: number;
  readonly shape: readonly number[];
}

const sumRows: Pick<KernelSpec<Rows>, 'outputs' | 'compute'> = {
  outputs: (_inputs, { shape }) => [{ shape, dtype: 'float32' }],
  compute: ([x], [sum], { outer, rows, inner }) => {
    const [from, to] = [x!.data, sum!.data];
    const kernels = heapKernels(to);
    for (let o = 0; o < outer; o++) {
      const [read, write] = [o * rows * inner, o * inner];
      if (kernels) {
        kernels.addRows(from.byteOffset + 4 * read, rows, 4 * inner, to.byteOffset + 4 * write);
        continue;
      }
      for (let index = 0; index < rows * inner; index++) to[write + (index % inner)]! += from[read + index]!;
    }
  },
};

export function registerWasmSum(): void {
  const stock = kernelOf('Sum', 'wasm');
  replaceKernel('Sum', 'wasm', ({ inputs, attributes, backend }) => {
    const x = inputs['x']!;
    const axes = tf.util.parseAxisParam(attributes['axis'] as number[], x.shape).sort((left, right) => left - right);
    const neighbours = axes.every((axis, index) => axis === axes[0]! + index);
    if (x.dtype !== 'float32' || axes.length === 0 || !neighbours || axes.at(-1) === x.shape.length - 1) {
      return stock({ inputs, attrs: attributes, backend });
    }
    const [first, last] = [axes[0]!, axes.at(-1)!];
    const kept = attributes['keepDims'] === true ? axes.map(() => 1) : [];
    return computeOnHost(sumRows, [x], backend, {
      outer: tf.util.sizeFromShape(x.shape.slice(0, first)),
      rows: tf.util.sizeFromShape(x.shape.slice(first, last + 1)),
      inner: tf.util.sizeFromShape(x.shape.slice(last + 1)),
      shape: [...x.shape.slice(0, first), ...kept, ...x.shape.slice(last + 1)],
    })[0]!;
  });
}
