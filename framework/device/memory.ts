/** How much memory a call takes at its peak, and what would fit. */
import { FlowError } from '../errors/flow-error.js';
import type { PortReference } from '../pipeline/plan.js';
import type { HostTensor, TensorData } from '../values/host-tensor.js';
import type { Engine } from './engines/driver.js';
import type { DeviceProgram } from './program.js';
import type { DeviceBatch } from './section-run.js';
import { tf } from './tf.js';
import { stackSamples } from './transfer.js';

/** The part of TensorFlow.js's engine that knows when a buffer comes and goes. */
interface Ledger {
  readonly state: { readonly tensorInfo: WeakMap<object, { readonly bytes: number }>; numDataBuffers: number };
  trackTensor(tensor: { readonly dataId: object }, backend: unknown): void;
  removeDataId(dataId: object, backend: unknown): void;
}

/** Calls `change` with the bytes of each buffer that comes, and with the negative of each that goes, until it is released. */
function watchBuffers(change: (bytes: number) => void): () => void {
  const ledger = tf.engine() as unknown as Ledger;
  const { trackTensor, removeDataId } = ledger;
  ledger.trackTensor = function (this: Ledger, tensor, backend) {
    const before = this.state.numDataBuffers;
    trackTensor.call(this, tensor, backend);
    if (this.state.numDataBuffers > before) change(this.state.tensorInfo.get(tensor.dataId)?.bytes ?? 0);
  };
  ledger.removeDataId = function (this: Ledger, dataId, backend) {
    change(-(this.state.tensorInfo.get(dataId)?.bytes ?? 0));
    removeDataId.call(this, dataId, backend);
  };
  return () => {
    ledger.trackTensor = trackTensor;
    ledger.removeDataId = removeDataId;
  };
}

/** Bytes that tensors held beyond what they held before, at the worst moment of `body`. Shared buffers count once. */
export function peakBytes<T>(body: () => T): { readonly result: T; readonly bytes: number } {
  let held = 0;
  let peak = 0;
  const release = watchBuffers((bytes) => {
    held += bytes;
    peak = Math.max(peak, held);
  });
  try {
    return { result: body(), bytes: peak };
  } finally {
    release();
  }
}

/** The most bytes that tensors hold from now on, and the end of the watch. */
export interface MemoryWatch {
  peak(): number;
  release(): void;
}

/**
 * From now on an allocation beyond the engine's limit throws, instead of bringing the process down.
 *
 * @throws FlowError FLOW_DEVICE_MEMORY, where the allocation was asked for.
 */
export function guardMemory(engine: Engine, microBatch: number): MemoryWatch {
  const { memoryLimit = Infinity } = engine;
  let held = tf.memory().numBytes;
  let peak = held;
  const release = watchBuffers((bytes) => {
    held += bytes;
    peak = Math.max(peak, held);
    if (held > memoryLimit && bytes > 0) throw tooLarge(microBatch, held, engine, microBatch - 1);
  });
  return { peak: () => peak, release };
}

export interface MemoryEstimate {
  /** Bytes that do not depend on the batch, those already held included. */
  readonly fixed: number;
  readonly perSample: number;
}

/**
 * The memory of a training step as a line through two dry runs, of one sample and of two. The engine's own work space, such as
 * packed filters, is not seen: leave room.
 *
 * @param batch at least one sample.
 */
export function estimateMemory(
  program: Pick<DeviceProgram, 'valueAndGradients'>, batch: DeviceBatch, loss: PortReference, wanted: readonly PortReference[] = [], engine?: Engine,
): MemoryEstimate {
  const dryRun = (count: number): number => {
    const watch = engine && guardMemory(engine, count);
    try {
      const { result, bytes } = peakBytes(() => program.valueAndGradients(repeated(batch, count), loss, wanted));
      tf.dispose(result as never);
      return bytes;
    } finally {
      watch?.release();
    }
  };
  const one = dryRun(1);
  // Twice of one is more than two take; where that might not fit, it is not tried.
  const two = tf.memory().numBytes + 2 * one <= (engine?.memoryLimit ?? Infinity) ? dryRun(2) : 2 * one;
  const perSample = Math.max(0, two - one);
  return { fixed: tf.memory().numBytes + Math.max(0, one - perSample), perSample };
}

/**
 * Refuses a micro-batch that cannot fit.
 *
 * @throws FlowError FLOW_DEVICE_MEMORY with the largest micro-batch that would.
 */
export function checkMemory(estimate: MemoryEstimate, microBatch: number, engine: Engine): void {
  const needed = neededMemory(estimate, microBatch);
  if (engine.memoryLimit === undefined || needed <= engine.memoryLimit) return;
  throw tooLarge(microBatch, needed, engine, Math.floor((engine.memoryLimit - estimate.fixed) / estimate.perSample));
}

/** Bytes of a step on that many samples at once. */
export function neededMemory({ fixed, perSample }: MemoryEstimate, microBatch: number): number {
  return fixed + microBatch * perSample;
}

function tooLarge(microBatch: number, bytes: number, engine: Engine, fitting: number): FlowError {
  return new FlowError('FLOW_DEVICE_MEMORY', {
    message: `A step on ${microBatch} sample${microBatch === 1 ? '' : 's'} at once needs about ${gibibytes(bytes)}.`,
    expected: `at most ${gibibytes(engine.memoryLimit!)} on ${engine.name}`,
    cure: fitting > 0 ? `Set train.microBatch to ${fitting} or less, a divisor of train.batch. The gradients of a batch are accumulated.` : 'Use a smaller profile: not even one sample fits.',
  });
}

/** The first sample, `count` times. */
function repeated(batch: DeviceBatch, count: number): DeviceBatch {
  const repeat = (value: HostTensor): HostTensor => {
    const shape = value.shape.slice(1);
    const size = value.data.length / batch.keys.length;
    const sample: HostTensor = { dtype: value.dtype, shape, data: value.data.subarray(0, size) as TensorData };
    return stackSamples(new Array<HostTensor>(count).fill(sample));
  };
  return {
    keys: Array.from({ length: count }, (_, row) => `${batch.keys[0]!} ${row}`), epoch: batch.epoch,
    inputs: Object.fromEntries(Object.entries(batch.inputs).map(([port, value]) => [port, repeat(value)])),
  };
}

export function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
