/** Between host and device. Element types keep their meaning: uint8 becomes int32 on the device, since TensorFlow.js has no uint8. */
import type { DType, HostTensor, TensorData } from '../values/host-tensor.js';
import { sizeOf } from '../values/host-tensor.js';
import { rememberValues } from './host-values.js';
import { tf, type Tensor } from './tf.js';

export type DeviceDType = 'float32' | 'int32' | 'bool';

/** The element type on the device. */
export function deviceDType(dtype: DType): DeviceDType {
  return dtype === 'uint8' ? 'int32' : dtype;
}

/** Copies a host tensor to the device; the caller owns the result. */
export function upload(host: HostTensor): Tensor {
  const dtype = deviceDType(host.dtype);
  // Copies, since the plain CPU engine keeps the array it is given.
  const data = dtype === 'int32' ? Int32Array.from(host.data) : dtype === 'bool' ? Uint8Array.from(host.data) : Float32Array.from(host.data);
  const tensor = tf.tensor(data, [...host.shape], dtype);
  if (data instanceof Int32Array) rememberValues(tensor, data);
  return tensor;
}

/** Copies a tensor to the host without blocking the device. The tensor stays the caller's. */
export async function download(tensor: Tensor, dtype: DType = tensor.dtype as DeviceDType): Promise<HostTensor> {
  const values = await tensor.data();
  const data: TensorData =
    dtype === 'float32' ? Float32Array.from(values) : dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values);
  return { dtype, shape: [...tensor.shape], data };
}

/** Samples of equal shape and type as one tensor with the batch axis first. */
export function stackSamples(samples: readonly HostTensor[]): HostTensor {
  const first = samples[0]!;
  const size = sizeOf(first.shape);
  const data = newData(first.dtype, size * samples.length);
  samples.forEach((sample, index) => {
    if (sample.dtype !== first.dtype || sample.shape.join() !== first.shape.join()) {
      throw new RangeError(`samples of one batch differ: ${describe(first)} and ${describe(sample)}`);
    }
    data.set(sample.data, index * size);
  });
  return { dtype: first.dtype, shape: [samples.length, ...first.shape], data };
}

function newData(dtype: DType, size: number): TensorData {
  return dtype === 'float32' ? new Float32Array(size) : dtype === 'int32' ? new Int32Array(size) : new Uint8Array(size);
}

function describe({ dtype, shape }: HostTensor): string {
  return `${dtype} [${shape.join(', ')}]`;
}
