/** What the host still knows of int32 tensors that it uploaded: lists of triangles, indices. */
import type { tf } from './tf.js';

const known = new WeakMap<object, Int32Array>();

/** Keeps the values of an uploaded tensor for as long as its memory lives. */
export function rememberValues({ dataId }: tf.TensorInfo, values: Int32Array): void {
  known.set(dataId, values);
}

/** The values of an int32 tensor without asking the device; the same tensor gives the same array object. Undefined where only the device has them. */
export function knownValues(backend: HostView, { dataId }: tf.TensorInfo): Int32Array | undefined {
  const values = known.get(dataId) ?? (backend.tensorMap.get(dataId).values as Int32Array | null);
  if (values) known.set(dataId, values);
  return values ?? undefined;
}

/**
 * `knownValues`, read back where only the device has them.
 *
 * @throws FlowError FLOW_DEVICE on webgpu inside a device section, when it would have to be read back.
 */
export function hostValues(backend: HostView, info: tf.TensorInfo): Int32Array {
  return knownValues(backend, info) ?? remembered(info, backend.readSync(info.dataId) as Int32Array);
}

interface HostView extends Pick<tf.KernelBackend, 'readSync'> {
  readonly tensorMap: { get(dataId: object): { readonly values: unknown } };
}

function remembered(info: tf.TensorInfo, values: Int32Array): Int32Array {
  rememberValues(info, values);
  return values;
}
