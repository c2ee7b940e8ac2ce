/**
 * Kernels of our own behind one name. The portable form is a loop over typed arrays: it runs on the heap of the
 * WebAssembly engine without a copy and on the arrays of the plain CPU engine. Engines with a device of their own may
 * bring a faster form under the same name (`registerKernel` of TensorFlow.js).
 */
import { tf, type Tensor } from './tf.js';

export type KernelArray = Float32Array | Int32Array;

/** One input or output of a kernel: a view that is valid only during `compute`. */
export interface KernelView {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly data: KernelArray;
}

export interface KernelOutput {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

export interface KernelSpec<Attributes extends object> {
  /** `plugin/name`; one kernel for each name. */
  readonly name: string;
  /** Input names in order, used in messages and in the registry of TensorFlow.js. */
  readonly inputs: readonly string[];
  /** Shapes and types of the outputs; throws when the inputs do not fit. */
  readonly outputs: (inputs: readonly KernelOutput[], attributes: Attributes) => readonly KernelOutput[];
  /** Fills the outputs (zeroed before the call) from the inputs. It may not keep the views. */
  readonly compute: (inputs: readonly KernelView[], outputs: readonly KernelView[], attributes: Attributes) => void;
  /** Gradients of the inputs, in order; null where there is none (then zeros). Without it no gradient flows at all. */
  readonly gradient?: (
    dys: readonly Tensor[],
    saved: { inputs: readonly Tensor[]; outputs: readonly Tensor[] },
    attributes: Attributes,
  ) => readonly (Tensor | null)[];
}

export type KernelFunction<Attributes extends object> = (inputs: readonly Tensor[], attributes: Attributes) => Tensor[];

/** Registers a kernel for the cpu and wasm engines with its gradient, and returns the function that runs it. */
export function defineKernel<Attributes extends object>(spec: KernelSpec<Attributes>): KernelFunction<Attributes> {
  for (const backendName of ['cpu', 'wasm', 'tensorflow']) {
    tf.registerKernel({
      kernelName: spec.name,
      backendName,
      kernelFunc: ({ inputs, backend, attrs }) => {
        const infos = spec.inputs.map((name) => (inputs as Record<string, tf.TensorInfo>)[name]!);
        return runOnHost(spec, infos, backend as HostBackend, (attrs as unknown as { value: Attributes }).value);
      },
    });
  }
  registerKernelGradient(spec);
  return (inputs, attributes) => {
    const named: Record<string, Tensor> = {};
    spec.inputs.forEach((name, index) => (named[name] = inputs[index]!));
    const result = tf.engine().runKernel<Tensor | Tensor[]>(spec.name, named, { value: attributes } as never);
    return Array.isArray(result) ? result : [result];
  };
}

/** The part of the cpu and wasm backends that a kernel on typed arrays needs. */
interface HostBackend {
  typedArrayFromHeap?(info: tf.TensorInfo): KernelArray;
  makeOutput?(shape: number[], dtype: string): tf.TensorInfo;
  makeTensorInfo?(shape: number[], dtype: string, values?: KernelArray): tf.TensorInfo;
  readSync(dataId: object): KernelArray;
}

function runOnHost<Attributes extends object>(
  spec: KernelSpec<Attributes>,
  infos: readonly tf.TensorInfo[],
  backend: HostBackend,
  attributes: Attributes,
): tf.TensorInfo[] {
  const described = spec.outputs(infos.map((info) => ({ shape: info.shape, dtype: info.dtype as 'float32' | 'int32' })), attributes);
  if (backend.typedArrayFromHeap && backend.makeOutput) {
    // The heap may move while outputs are allocated, so every view is taken after the last allocation.
    const outputs = described.map((output) => backend.makeOutput!([...output.shape], output.dtype));
    const outputViews = outputs.map((info) => viewOf(info, backend.typedArrayFromHeap!(info)));
    outputViews.forEach((view) => view.data.fill(0));
    spec.compute(infos.map((info) => viewOf(info, backend.typedArrayFromHeap!(info))), outputViews, attributes);
    return outputs;
  }
  const outputViews = described.map((output) => ({ ...output, data: emptyArray(output) }));
  spec.compute(infos.map((info) => viewOf(info, backend.readSync(info.dataId))), outputViews, attributes);
  return outputViews.map((view) => tf.engine().makeTensor(view.data, [...view.shape], view.dtype));
}

function viewOf(info: tf.TensorInfo, data: KernelArray): KernelView {
  return { shape: info.shape, dtype: info.dtype as 'float32' | 'int32', data };
}

function emptyArray(output: KernelOutput): KernelArray {
  const size = output.shape.reduce((product, extent) => product * extent, 1);
  return output.dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
}

function registerKernelGradient<Attributes extends object>(spec: KernelSpec<Attributes>): void {
  const { gradient } = spec;
  tf.registerGradient({
    kernelName: spec.name,
    inputsToSave: gradient ? [...spec.inputs] : [],
    saveAllInputs: false,
    outputsToSave: gradient ? undefined : [],
    gradFunc: (dy, saved, attrs) => {
      const attributes = (attrs as unknown as { value: Attributes }).value;
      const inputs = saved.slice(0, spec.inputs.length);
      const dys = Array.isArray(dy) ? dy : [dy];
      const gradients = gradient ? gradient(dys, { inputs, outputs: saved.slice(spec.inputs.length) }, attributes) : [];
      const named: Record<string, () => Tensor> = {};
      spec.inputs.forEach((name, index) => {
        named[name] = () => gradients[index] ?? tf.zerosLike(inputs[index]!);
      });
      return named;
    },
  });
}
