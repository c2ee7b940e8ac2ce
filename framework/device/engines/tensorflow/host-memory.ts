/**
 * Kernels on typed arrays beside tensorflow: their inputs are copied onto the heap of the WebAssembly backend and their outputs
 * back, so that the SIMD loops of `../../simd` work here too. A copy onto memory that is there already takes a tenth of the time
 * that reading into a new array takes.
 */
import { tf } from '../../tf.js';
import { wasmHeap } from '../../simd/index.js';
import type { KernelArray, KernelOutput } from '../../kernel-output.js';
import type { TensorflowBackend } from './binding.js';

type Compute = (inputs: readonly KernelArray[], outputs: readonly KernelArray[]) => void;

/** Runs a kernel and returns its outputs as tensors of tensorflow. */
export function computeBesideTensorflow(
  backend: TensorflowBackend, inputs: readonly tf.TensorInfo[], outputs: readonly KernelOutput[], compute: Compute,
): tf.TensorInfo[] {
  const heap = wasmHeap()!;
  const described = [...inputs.map(({ shape, dtype }) => ({ shape, dtype: dtype as KernelOutput['dtype'] })), ...outputs];
  const sizes = described.map(({ shape }) => tf.util.sizeFromShape([...shape]));
  const pointers = sizes.map((size) => heap._malloc(Math.max(16, 4 * size)) >>> 0);
  try {
    // The heap may move while room is made, so every view is taken after the last call.
    const views = described.map(({ dtype }, index) => viewOn(heap.HEAPU8.buffer, dtype, pointers[index]!, sizes[index]!));
    const [from, to] = [views.slice(0, inputs.length), views.slice(inputs.length)];
    inputs.forEach((info, index) => readInto(backend, info, from[index]!));
    to.forEach((view) => view.fill(0));
    compute(from, to);
    return outputs.map(({ shape, dtype }, index) => tensorFrom(backend, shape, dtype, to[index]!));
  } finally {
    for (const pointer of pointers) heap._free(pointer);
  }
}

function viewOn(buffer: ArrayBufferLike, dtype: KernelOutput['dtype'], pointer: number, size: number): KernelArray {
  return dtype === 'int32' ? new Int32Array(buffer, pointer, size) : new Float32Array(buffer, pointer, size);
}

function readInto(backend: TensorflowBackend, { dataId }: tf.TensorInfo, view: KernelArray): void {
  const { values, id } = backend.tensorMap.get(dataId);
  if (values) view.set(values);
  else backend.binding.readInto(id, view);
}

function tensorFrom(backend: TensorflowBackend, shape: readonly number[], dtype: KernelOutput['dtype'], array: KernelArray): tf.TensorInfo {
  const type = dtype === 'int32' ? backend.binding.TF_INT32 : backend.binding.TF_FLOAT;
  return adopt(backend, backend.binding.createFrom(shape, type, array), shape, dtype);
}

/** Takes a tensor that the addon has made into the backend. */
export function adopt(backend: TensorflowBackend, id: number, shape: readonly number[], dtype: KernelOutput['dtype'] = 'float32'): tf.TensorInfo {
  const dataId = {};
  const type = dtype === 'int32' ? backend.binding.TF_INT32 : backend.binding.TF_FLOAT;
  backend.tensorMap.set(dataId, { shape, dtype: type, values: null, id, refCount: 1 });
  return { dataId, shape: [...shape], dtype };
}
