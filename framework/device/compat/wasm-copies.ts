/**
 * Copies on wasm. Slices that are not one block, splits along the last axis (the gradient of `concat`) and `tile` take slow paths of
 * TensorFlow.js; here they are loops over runs that are contiguous in both tensors. The derivative of `elu` joins them.
 */
import { tf } from '../tf.js';
import { computeOnHost, type KernelArray, type KernelSpec } from '../define-kernel.js';
import { heapKernels } from '../simd/index.js';
import { replaceKernel } from './registry.js';
import { kernelOf } from './stock-kernels.js';

interface Blocks {
  /** One block for each output. */
  readonly begins: readonly (readonly number[])[];
  readonly sizes: readonly (readonly number[])[];
}

const copyBlocks: Pick<KernelSpec<Blocks>, 'outputs' | 'compute'> = {
  outputs: ([x], { sizes }) => sizes.map((shape) => ({ shape, dtype: x!.dtype })),
  compute: ([x], outputs, { begins, sizes }) => {
    outputs.forEach((output, index) => copyBlock(x!.data, x!.shape, output.data, begins[index]!, sizes[index]!));
  },
};

function copyBlock(from: KernelArray, shape: readonly number[], to: KernelArray, begin: readonly number[], size: readonly number[]): void {
  // Trailing axes that are taken whole make one run with the axis before them.
  let axis = shape.length - 1;
  while (axis > 0 && size[axis] === shape[axis]) axis--;
  const steps = tf.util.computeStrides([...shape, 1]);
  const run = shape.length === 0 ? 1 : size[axis]! * steps[axis]!;
  const position = new Array<number>(Math.max(axis, 0)).fill(0);
  for (let write = 0; write < to.length; write += run) {
    let read = shape.length === 0 ? 0 : begin[axis]! * steps[axis]!;
    for (let outer = 0; outer < axis; outer++) read += (begin[outer]! + position[outer]!) * steps[outer]!;
    if (run >= 64) to.set(from.subarray(read, read + run) as Float32Array & Int32Array, write);
    else for (let element = 0; element < run; element++) to[write + element] = from[read + element]!;
    for (let outer = axis - 1; outer >= 0 && ++position[outer]! === size[outer]!; outer--) position[outer] = 0;
  }
}

const tile: Pick<KernelSpec<{ readonly reps: readonly number[] }>, 'outputs' | 'compute'> = {
  outputs: ([x], { reps }) => [{ shape: x!.shape.map((extent, axis) => extent * reps[axis]!), dtype: x!.dtype }],
  compute: ([x], [result], { reps }) => {
    if (x!.shape.length === 0) result!.data.set(x!.data as Float32Array & Int32Array);
    else if (result!.data.length > 0) tileAxis(x!.data, x!.shape, result!.data, result!.shape, reps, 0, 0, 0);
  },
};

/** Writes the part of the result below one place of the outer axes: the rest of the tensor once, then copies of what was written. */
function tileAxis(
  from: KernelArray, shape: readonly number[], to: KernelArray, outShape: readonly number[], reps: readonly number[],
  axis: number, read: number, write: number,
): void {
  const extent = shape[axis]!;
  if (axis === shape.length - 1) {
    const end = write + outShape[axis]!;
    for (let place = write; place < end; place += extent) {
      for (let element = 0; element < extent; element++) to[place + element] = from[read + element]!;
    }
    return;
  }
  const inner = tf.util.sizeFromShape(shape.slice(axis + 1));
  const outInner = tf.util.sizeFromShape(outShape.slice(axis + 1));
  for (let index = 0; index < extent; index++) {
    tileAxis(from, shape, to, outShape, reps, axis + 1, read + index * inner, write + index * outInner);
  }
  for (let copy = 1; copy < reps[axis]!; copy++) to.copyWithin(write + copy * extent * outInner, write, write + extent * outInner);
}

const eluGradient: Pick<KernelSpec<object>, 'outputs' | 'compute'> = {
  outputs: ([dy]) => [{ shape: dy!.shape, dtype: 'float32' }],
  compute: ([dy, y], [dx]) => {
    const [slopes, values, to] = [dy!.data, y!.data, dx!.data];
    const kernels = heapKernels(to);
    if (kernels) return kernels.eluGradient(to.byteOffset, slopes.byteOffset, values.byteOffset, 4 * to.length);
    // Without a branch, which random signs would mispredict every other time.
    for (let index = 0; index < to.length; index++) to[index] = slopes[index]! * (1 + Math.min(values[index]!, 0));
  },
};

export function registerWasmCopies(): void {
  const stockSlice = kernelOf('Slice', 'wasm');
  replaceKernel('Slice', 'wasm', ({ inputs, attributes, backend }) => {
    const x = inputs['x']!;
    if (x.dtype === 'string') return stockSlice({ inputs, attrs: attributes, backend });
    const [begin, size] = tf.slice_util.parseSliceParams(x as never, attributes['begin'] as number[], attributes['size'] as number[]);
    tf.slice_util.assertParamsValid(x as never, begin!, size!);
    return computeOnHost(copyBlocks, [x], backend, { begins: [begin!], sizes: [size!] })[0]!;
  });
  replaceKernel('SplitV', 'wasm', ({ inputs, attributes, backend }) => {
    const x = inputs['x']!;
    const axis = tf.util.parseAxisParam(attributes['axis'] as number, x.shape)[0]!;
    const extents = tf.backend_util.prepareSplitSize(x as never, attributes['numOrSizeSplits'] as number[], axis);
    let start = 0;
    const begins = extents.map((extent) => {
      const begin = x.shape.map((_, index) => (index === axis ? start : 0));
      start += extent;
      return begin;
    });
    const sizes = extents.map((extent) => x.shape.map((whole, index) => (index === axis ? extent : whole)));
    return computeOnHost(copyBlocks, [x], backend, { begins, sizes });
  });
  const stockIdentity = kernelOf('Identity', 'wasm');
  // The stock kernel copies, for every activation that is saved; another name for the same memory is enough, as on other engines.
  replaceKernel('Identity', 'wasm', ({ inputs, attributes, backend }) => {
    const { dataId, shape, dtype } = inputs['x']!;
    if (dtype === 'string') return stockIdentity({ inputs, attrs: attributes, backend });
    backend.incRef(dataId);
    return { dataId, shape, dtype };
  });
  const stockTile = kernelOf('Tile', 'wasm');
  replaceKernel('Tile', 'wasm', ({ inputs, attributes, backend }) => {
    const x = inputs['x']!;
    if (x.dtype === 'string') return stockTile({ inputs, attrs: attributes, backend });
    return computeOnHost(tile, [x], backend, { reps: attributes['reps'] as number[] })[0]!;
  });
  replaceKernel('EluGrad', 'wasm', ({ inputs, backend }) => computeOnHost(eluGradient, [inputs['dy']!, inputs['y']!], backend, {})[0]!);
}
