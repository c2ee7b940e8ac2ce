/** Reading tensors back from the GPU, and the errors that it reports late. */
import { FlowError } from '../../errors/flow-error.js';
import { isInsideSection } from '../section-fence.js';
import { mapModeRead, usage, type GpuDevice, type WebgpuBackend } from './backend.js';

/**
 * Replaces the synchronous read of TensorFlow.js, which needs a browser's canvas, by one that waits for Dawn; inside a device
 * section it is an error, since the GPU would stand still. Both kinds of reading then also throw what the device has reported.
 */
export function repairReading(backend: WebgpuBackend, processEvents: (() => void) | undefined): void {
  const fault = watchFaults(backend.device);
  const { read } = backend;
  backend.read = async (dataId) => {
    const values = await read.call(backend, dataId);
    fault.check();
    return values;
  };
  backend.readSync = (dataId) => {
    const data = backend.tensorMap.get(dataId);
    if (data.values) return data.values;
    if (isInsideSection()) throw readInSection(data.shape);
    if (!processEvents) throw new FlowError('FLOW_DEVICE', { message: 'This version of Dawn cannot be waited for.', cure: 'Read with `await tensor.data()`.' });
    const bytes = copyOut(backend, dataId, processEvents);
    fault.check();
    data.values = data.dtype === 'float32' ? new Float32Array(bytes) : data.dtype === 'bool' ? Uint8Array.from(new Int32Array(bytes)) : new Int32Array(bytes);
    return data.values;
  };
}

function readInSection(shape: readonly number[]): FlowError {
  return new FlowError('FLOW_DEVICE', {
    message: `A tensor [${shape.join(', ')}] is read back (dataSync, arraySync) inside a device section, which webgpu cannot do.`,
    cure: 'Compute with tensors to the end, return the value through a port, or make what is constant in `build` with `context.constant`.',
  });
}

function copyOut(backend: WebgpuBackend, dataId: object, processEvents: () => void): ArrayBuffer {
  backend.uploadToGPU(dataId);
  const source = backend.tensorMap.get(dataId).resource!;
  const staging = backend.bufferManager.acquireBuffer(source.size, usage.copyTarget | usage.mapRead);
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder!.copyBufferToBuffer(source, 0, staging, 0, source.size);
  backend.submitQueue();
  waitUntilMapped(staging, processEvents);
  const bytes = staging.getMappedRange().slice(0);
  staging.unmap();
  backend.bufferManager.releaseBuffer(staging);
  return bytes;
}

function waitUntilMapped(staging: ReturnType<WebgpuBackend['bufferManager']['acquireBuffer']>, processEvents: () => void): void {
  const { setImmediate: own } = globalThis;
  let next: (() => void) | undefined;
  // Each call asks for another one in the event loop: only the last request is handed on.
  globalThis.setImmediate = ((task: () => void) => void (next = task)) as unknown as typeof own;
  try {
    void staging.mapAsync(mapModeRead);
    while (staging.mapState === 'pending') processEvents();
  } finally {
    globalThis.setImmediate = own;
  }
  if (next) own(next);
}

/** Dawn reports invalid commands, missing memory and a lost device later than the call: the next reading throws the first. */
function watchFaults(device: GpuDevice): { check(): void } {
  let message: string | undefined;
  device.addEventListener('uncapturederror', ({ error }) => (message ??= error.message));
  void device.lost.then((lost) => {
    if (lost.reason !== 'destroyed') message ??= `the device was lost: ${lost.message}`;
  });
  return {
    check: () => {
      if (message === undefined) return;
      const first = message;
      message = undefined;
      throw new FlowError('FLOW_DEVICE', { message: `The GPU refused work: ${first}`, cure: 'Use a smaller train.microBatch when memory ran out; else `device: wasm` tells whether the kernel is at fault.' });
    },
  };
}
