import { FlowError } from '../errors/flow-error.js';
import type { PortReference } from '../pipeline/plan.js';
import { isHostTensor, sizeOf, type HostTensor, type TensorData } from '../values/host-tensor.js';
import type { Sample } from './packet.js';

/** One tensor [B, …] from B samples' values at a port. Throws FLOW_DEVICE_SHAPE when they do not have one shape and type. */
export function stack(samples: readonly Sample[], port: PortReference): HostTensor {
  const first = samples[0].values[port];
  if (!isHostTensor(first)) throw unlike(port, samples[0], 'a tensor', typeof first);
  const width = sizeOf(first.shape);
  const data = emptyLike(first.data, samples.length * width);
  samples.forEach((sample, row) => {
    const value = sample.values[port];
    if (!isHostTensor(value) || value.dtype !== first.dtype || value.shape.join() !== first.shape.join()) {
      throw unlike(port, sample, describe(first), isHostTensor(value) ? describe(value) : typeof value);
    }
    data.set(value.data, row * width);
  });
  return { dtype: first.dtype, shape: [samples.length, ...first.shape], data };
}

/** Row `index` of a tensor [B, …], as its own copy. */
export function unstack(batch: HostTensor, index: number): HostTensor {
  const shape = batch.shape.slice(1);
  const width = sizeOf(shape);
  return { dtype: batch.dtype, shape, data: batch.data.slice(index * width, (index + 1) * width) as TensorData };
}

function emptyLike(data: TensorData, length: number): TensorData {
  if (data instanceof Float32Array) return new Float32Array(length);
  return data instanceof Int32Array ? new Int32Array(length) : new Uint8Array(length);
}

function describe(tensor: HostTensor): string {
  return `${tensor.dtype} [${tensor.shape.join(', ')}]`;
}

function unlike(port: PortReference, sample: Sample, expected: string, got: string): FlowError {
  return new FlowError('FLOW_DEVICE_SHAPE', {
    who: port, keys: [sample.key], message: 'Samples of one batch differ in shape or type.', expected, got,
    cure: 'Resize or pad them to one shape before the device stage.',
  });
}
