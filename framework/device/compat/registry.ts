/** Replacing entries of TensorFlow.js's registries without its warnings about duplicates. */
import { tf, type Tensor } from '../tf.js';
import type { HostBackend } from '../define-kernel.js';

export type GradientThunks = Record<string, () => Tensor>;

export interface GradientEntry {
  readonly kernel: string;
  /** Inputs kept for the backward pass. */
  readonly saves?: readonly string[];
  readonly gradient: (dy: Tensor, saved: readonly Tensor[], attributes: Readonly<Record<string, unknown>>) => GradientThunks;
}

/** Registers a gradient in place of the one that is there, on all backends. */
export function replaceGradient(entry: GradientEntry): void {
  if (tf.getGradient(entry.kernel)) tf.unregisterGradient(entry.kernel);
  replaced.add(` ${entry.kernel}`);
  tf.registerGradient({
    kernelName: entry.kernel,
    inputsToSave: [...(entry.saves ?? [])],
    gradFunc: (dy, saved, attrs) => entry.gradient(dy as Tensor, saved, attrs as Readonly<Record<string, unknown>>),
  });
}

export type KernelImplementation = (call: {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly backend: HostBackend & tf.KernelBackend;
}) => tf.TensorInfo | tf.TensorInfo[];

const replaced = new Set<string>();

/** Whether a kernel of a backend, or with no backend a gradient, is ours. */
export function isReplaced(kernelName: string, backendName = ''): boolean {
  return replaced.has(`${backendName} ${kernelName}`);
}

/** Registers a kernel of one backend in place of the one that is there. */
export function replaceKernel(kernelName: string, backendName: string, implementation: KernelImplementation): void {
  if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
  replaced.add(`${backendName} ${kernelName}`);
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      implementation({
        inputs: inputs as Readonly<Record<string, tf.TensorInfo>>,
        attributes: attrs as unknown as Readonly<Record<string, unknown>>,
        backend: backend as HostBackend & tf.KernelBackend,
      }),
  });
}

/** Frees an output of a kernel that its caller does not hand on: a tensor on the plain CPU engine, bare memory on wasm. */
export function disposeInfo(info: tf.TensorInfo, backend: tf.KernelBackend): void {
  if (info instanceof tf.Tensor) info.dispose();
  else backend.disposeData(info.dataId);
}
