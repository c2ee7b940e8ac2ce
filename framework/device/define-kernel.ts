/**
 * Kernels of our own behind one name. The portable form is a loop over typed arrays: it runs on the heap of the
 * WebAssembly engine without a copy and on the arrays of engines that compute on the host. The form for GPUs is WGSL.
 */
import { FlowError } from '../errors/flow-error.js';
import type { TensorflowBackend } from './engines/tensorflow/binding.js';
import { computeBesideTensorflow } from './engines/tensorflow/host-memory.js';
import type { KernelArray, KernelOutput } from './kernel-output.js';
import { tf, type Tensor } from './tf.js';
import { withoutTape } from './tape.js';
import type { WebgpuBackend } from './webgpu/backend.js';
import { runWgsl } from './webgpu/run-program.js';
import type { WgslForm } from './webgpu/wgsl.js';

export type { KernelArray } from './kernel-output.js';

/** One input or output of a kernel: a view that is valid only during `compute`. */
export interface KernelView {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly data: KernelArray;
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
  /**
   * The same as operations of TensorFlow.js, for the engine tensorflow, where that is faster than copying to the host. Nothing
   * of it is recorded on a tape.
   */
  readonly tensorflow?: (inputs: readonly Tensor[], attributes: Attributes) => readonly Tensor[];
  /** The same for the engine webgpu, where nothing can be read back. Without it the kernel is an error there. */
  readonly wgsl?: WgslForm<Attributes>;
  /**
   * Gradients of the inputs, in order; null where there is none (then zeros). `dys` has one entry for each output,
   * zeros where nothing depends on it. Without `gradient` the outputs are constants of the tape.
   */
  readonly gradient?: (
    dys: readonly Tensor[],
    saved: { inputs: readonly Tensor[]; outputs: readonly Tensor[] },
    attributes: Attributes,
  ) => readonly (Tensor | null)[];
  /** Inputs that `gradient` reads, kept until the backward pass; all by default. The others are missing from `saved.inputs`. */
  readonly savesInputs?: readonly string[];
  /** Keep the outputs for `gradient` too; otherwise `saved.outputs` is empty. */
  readonly savesOutputs?: boolean;
}

export type KernelFunction<Attributes extends object> = (inputs: readonly Tensor[], attributes: Attributes) => Tensor[];

/** Registers a kernel for every engine that it has a form for, with its gradient, and returns the function that runs it. */
export function defineKernel<Attributes extends object>(spec: KernelSpec<Attributes>): KernelFunction<Attributes> {
  for (const backendName of ['cpu', 'wasm', 'tensorflow']) {
    tf.registerKernel({
      kernelName: spec.name,
      backendName,
      kernelFunc: ({ inputs, backend, attrs }) => {
        const infos = spec.inputs.map((name) => (inputs as Record<string, tf.TensorInfo>)[name]!);
        if (backendName === 'tensorflow' && spec.tensorflow) return compose(spec.tensorflow, infos, (attrs as unknown as Carried<Attributes>).value);
        return computeOnHost(spec, infos, backend as HostBackend, (attrs as unknown as Carried<Attributes>).value);
      },
    });
  }
  registerOnWebgpu(spec);
  if (spec.gradient) registerKernelGradient(spec, spec.gradient);
  const run: KernelFunction<Attributes> = (inputs, attributes) => {
    const named = Object.fromEntries(spec.inputs.map((name, index) => [name, inputs[index]!]));
    const carried: Carried<Attributes> = { value: attributes, shapes: inputs.map((input) => input.shape) };
    const result = tf.engine().runKernel<Tensor | Tensor[]>(spec.name, named, carried as never);
    return Array.isArray(result) ? result : [result];
  };
  return spec.gradient ? run : (inputs, attributes) => withoutTape(() => run(inputs, attributes));
}

function compose<Attributes extends object>(
  form: NonNullable<KernelSpec<Attributes>['tensorflow']>, infos: readonly tf.TensorInfo[], attributes: Attributes,
): tf.TensorInfo[] {
  return tf.tidy(() => [...form(infos.map((info) => (info instanceof tf.Tensor ? info : tf.engine().makeTensorFromTensorInfo(info))), attributes)]);
}

function registerOnWebgpu<Attributes extends object>(spec: KernelSpec<Attributes>): void {
  tf.registerKernel({
    kernelName: spec.name,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) => {
      if (!spec.wgsl) {
        throw new FlowError('FLOW_DEVICE', { message: `The kernel "${spec.name}" has no form for webgpu.`, cure: 'Add `wgsl` to its definition, or use `device: wasm`.' });
      }
      const infos = spec.inputs.map((name) => (inputs as Record<string, tf.TensorInfo>)[name]!);
      return computeOnGpu({ ...spec, wgsl: spec.wgsl }, infos, backend as unknown as WebgpuBackend, (attrs as unknown as Carried<Attributes>).value);
    },
  });
}

/** Runs a kernel from within another one, by the form that fits its backend. */
export function computeOn<Attributes extends object>(
  backendName: string,
  spec: Pick<KernelSpec<Attributes>, 'name' | 'inputs' | 'outputs' | 'compute'> & { readonly wgsl: WgslForm<Attributes> },
  infos: readonly tf.TensorInfo[],
  backend: HostBackend,
  attributes: Attributes,
): tf.TensorInfo[] {
  return backendName === 'webgpu'
    ? computeOnGpu(spec, infos, backend as unknown as WebgpuBackend, attributes)
    : computeOnHost(spec, infos, backend, attributes);
}

/** Queues the WGSL form of a kernel. */
export function computeOnGpu<Attributes extends object>(
  spec: Pick<KernelSpec<Attributes>, 'name' | 'inputs' | 'outputs'> & { readonly wgsl: WgslForm<Attributes> },
  infos: readonly tf.TensorInfo[],
  backend: WebgpuBackend,
  attributes: Attributes,
): tf.TensorInfo[] {
  const outputs = spec.outputs(describe(infos), attributes);
  return runWgsl(backend, { name: spec.name, inputNames: spec.inputs, inputs: infos, outputs, attributes, form: spec.wgsl });
}

function describe(infos: readonly tf.TensorInfo[]): KernelOutput[] {
  return infos.map(({ shape, dtype }) => ({ shape, dtype: dtype as 'float32' | 'int32' }));
}

/** What travels as the attributes of TensorFlow.js: ours, and the input shapes, so that zeros need no saved input. */
interface Carried<Attributes> {
  readonly value: Attributes;
  readonly shapes: readonly (readonly number[])[];
}

/** The part of the backends that a kernel on typed arrays needs. */
export interface HostBackend {
  typedArrayFromHeap?(info: tf.TensorInfo): KernelArray;
  makeOutput?(shape: number[], dtype: string): tf.TensorInfo;
  /** tensorflow's addon. */
  readonly binding?: object;
  readSync(dataId: object): KernelArray;
}

/** Runs the typed-array form of a kernel: in place on the heap of wasm, on copies there for tensorflow, on the arrays of cpu. */
export function computeOnHost<Attributes extends object>(
  spec: Pick<KernelSpec<Attributes>, 'outputs' | 'compute'>,
  infos: readonly tf.TensorInfo[],
  backend: HostBackend,
  attributes: Attributes,
): tf.TensorInfo[] {
  const described = spec.outputs(describe(infos), attributes);
  if (backend.typedArrayFromHeap && backend.makeOutput) {
    // The heap may move while outputs are allocated, so every view is taken after the last allocation.
    const outputs = described.map((output) => backend.makeOutput!([...output.shape], output.dtype));
    const outputViews = outputs.map((info) => viewOf(info, backend.typedArrayFromHeap!(info)));
    outputViews.forEach((view) => view.data.fill(0));
    spec.compute(infos.map((info) => viewOf(info, backend.typedArrayFromHeap!(info))), outputViews, attributes);
    return outputs;
  }
  if (backend.binding) {
    return computeBesideTensorflow(backend as unknown as TensorflowBackend, infos, described, (from, to) =>
      spec.compute(infos.map((info, index) => viewOf(info, from[index]!)), described.map((output, index) => ({ ...output, data: to[index]! })), attributes));
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

/** More outputs than any kernel has: TensorFlow.js keeps the outputs whose entry is true. */
const allOutputs = new Array<boolean>(32).fill(true);

function registerKernelGradient<Attributes extends object>(
  spec: KernelSpec<Attributes>,
  gradient: NonNullable<KernelSpec<Attributes>['gradient']>,
): void {
  const savedNames = spec.inputs.filter((name) => spec.savesInputs?.includes(name) ?? true);
  tf.registerGradient({
    kernelName: spec.name,
    inputsToSave: savedNames,
    outputsToSave: spec.savesOutputs ? allOutputs : [],
    gradFunc: (dy, saved, attrs) => {
      const { value, shapes } = attrs as unknown as Carried<Attributes>;
      const inputs: Tensor[] = [];
      savedNames.forEach((name, index) => (inputs[spec.inputs.indexOf(name)] = saved[index]!));
      const outputs = saved.slice(savedNames.length);
      const gradients = tf.tidy(() => {
        const made = gradient(Array.isArray(dy) ? dy : [dy], { inputs, outputs }, value);
        return made.map((tensor, index) => tensor ?? tf.zeros([...shapes[index]!]));
      });
      return Object.fromEntries(spec.inputs.map((name, index) => [name, () => gradients[index] ?? tf.zeros([...shapes[index]!])]));
    },
  });
}
