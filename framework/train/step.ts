/** The gradients of one step: the batch in micro-batches, accumulated on the device. */
import { tf, type Tensor } from '../device/index.js';
import type { HostTensor, TensorData } from '../values/host-tensor.js';
import type { PortReference } from '../pipeline/plan.js';
import type { DeviceBatch, LossAndGradients, TrainingProgram } from './program.js';

export interface StepRequest {
  readonly loss: PortReference;
  /** Outputs to log: each becomes its mean over the batch. */
  readonly log: readonly PortReference[];
  /** Samples on the device at once. */
  readonly microBatch: number;
}

/** What computes the gradients of a step: this thread alone, or with replicas. */
export interface GradientSource {
  /** The caller owns the tensors. */
  gradients(batch: DeviceBatch, request: StepRequest): Promise<LossAndGradients> | LossAndGradients;
}

/**
 * Loss, gradients and logged means of a batch: Σ (nᵢ / B) xᵢ over micro-batches of nᵢ samples, which equals the full
 * batch up to rounding. The caller owns the tensors.
 */
export function gradientsOf(program: TrainingProgram, batch: DeviceBatch, request: StepRequest): LossAndGradients {
  const parts = splitBatch(batch, request.microBatch);
  let total: LossAndGradients | undefined;
  for (const part of parts) total = addPart(total, partOf(program, part, request), part.keys.length / batch.keys.length);
  return total!;
}

/** Loss, gradients and logged means of one micro-batch. */
export function partOf(program: TrainingProgram, part: DeviceBatch, { loss, log }: Pick<StepRequest, 'loss' | 'log'>): LossAndGradients {
  return meansOf(program.valueAndGradients(part, loss, log));
}

/** total + share · part; frees both. */
export function addPart(total: LossAndGradients | undefined, part: LossAndGradients, share: number): LossAndGradients {
  const scaled = mapTensors(part, (tensor) => (share === 1 ? tensor : replaceBy(tensor, () => tf.mul(tensor, share))));
  return total ? addTensors(total, scaled) : scaled;
}

/** The batch in parts of at most `size` samples, without copying. */
export function splitBatch(batch: DeviceBatch, size: number): DeviceBatch[] {
  const count = batch.keys.length;
  if (size <= 0 || size >= count) return [batch];
  const parts: DeviceBatch[] = [];
  for (let from = 0; from < count; from += size) {
    const to = Math.min(from + size, count);
    const cut = (values: Readonly<Record<string, HostTensor>>): Record<string, HostTensor> => mapValues(values, (value) => rows(value, count, from, to));
    parts.push({
      ...batch, keys: batch.keys.slice(from, to), epochs: batch.epochs?.slice(from, to), inputs: cut(batch.inputs),
      draws: batch.draws && mapValues(batch.draws, cut),
    });
  }
  return parts;
}

function rows(value: HostTensor, count: number, from: number, to: number): HostTensor {
  const width = value.data.length / count;
  const data = value.data.subarray(from * width, to * width) as TensorData;
  return { dtype: value.dtype, shape: [to - from, ...value.shape.slice(1)], data };
}

function meansOf(result: LossAndGradients): LossAndGradients {
  const outputs = mapValues(result.outputs, (tensor) => replaceBy(tensor, () => tf.mean(tensor)));
  return { loss: result.loss, outputs, gradients: result.gradients };
}

function addTensors(left: LossAndGradients, right: LossAndGradients): LossAndGradients {
  const add = (a: Tensor, b: Tensor): Tensor => {
    const sum = tf.add(a, b);
    tf.dispose([a, b]);
    return sum;
  };
  return {
    loss: add(left.loss, right.loss),
    outputs: mapValues(left.outputs, (tensor, name) => add(tensor, right.outputs[name]!)),
    gradients: mapValues(left.gradients, (tensor, name) => add(tensor, right.gradients[name]!)),
  };
}

function mapTensors(value: LossAndGradients, change: (tensor: Tensor) => Tensor): LossAndGradients {
  return { loss: change(value.loss), outputs: mapValues(value.outputs, change), gradients: mapValues(value.gradients, change) };
}

function mapValues<V, W>(record: Readonly<Record<string, V>>, change: (value: V, name: string) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}

function replaceBy(tensor: Tensor, make: () => Tensor): Tensor {
  const result = tf.tidy(make);
  tensor.dispose();
  return result;
}
