/** Runs kernels in WGSL on the buffers of TensorFlow.js's webgpu backend. */
import type { tf } from '../tf.js';
import type { KernelOutput } from '../kernel-output.js';
import { hostValues, knownValues } from '../host-values.js';
import { usage, type GpuBuffer, type GpuDevice, type WebgpuBackend } from './backend.js';
import { compilePass, packNumbers, workgroupSize, type ArrayBinding } from './shader.js';
import type { HostArray, WgslForm, WgslProgram } from './wgsl.js';

export interface WgslRequest<Attributes> {
  readonly name: string;
  readonly inputNames: readonly string[];
  readonly inputs: readonly tf.TensorInfo[];
  readonly outputs: readonly KernelOutput[];
  readonly attributes: Attributes;
  readonly form: WgslForm<Attributes>;
}

/** Queues the passes of a kernel; its results belong to the caller. */
export function runWgsl<Attributes>(backend: WebgpuBackend, request: WgslRequest<Attributes>): tf.TensorInfo[] {
  const { inputs, inputNames, outputs } = request;
  const program = request.form({
    inputs: inputs.map(({ shape, dtype }) => ({ shape, dtype: dtype as 'float32' | 'int32' })),
    outputs,
    attributes: request.attributes,
    hostValues: (input) => hostValues(backend, inputs[inputNames.indexOf(input)]!),
    knownValues: (input) => knownValues(backend, inputs[inputNames.indexOf(input)]!),
  });
  const results = outputs.map(({ shape, dtype }) => backend.makeTensorInfo([...shape], dtype));
  const arrays = new Map<string, { readonly binding: ArrayBinding; readonly buffer: GpuBuffer }>();
  const add = (name: string, type: string, writable: boolean, buffer: GpuBuffer): void =>
    void arrays.set(name, { binding: { name, type, writable }, buffer });
  inputs.forEach((info, index) => add(inputNames[index]!, elementOf(info.dtype), false, bufferOf(backend, info)));
  results.forEach((info, index) => add(program.results[index]!, elementOf(info.dtype), true, bufferOf(backend, info)));
  for (const [name, array] of Object.entries(program.constants ?? {})) {
    add(name, array instanceof Int32Array ? 'i32' : 'f32', false, constantBuffer(backend.device, array));
  }
  for (const [name, { type, size }] of Object.entries(program.scratch ?? {})) add(name, type, true, scratchBuffer(backend, size));
  dispatch(backend, request.name, program, arrays);
  [...inputs, ...results].forEach(({ dataId }) => backend.commandQueueOwnedIds.add(dataId));
  return results;
}

function dispatch(
  backend: WebgpuBackend, label: string, program: WgslProgram,
  arrays: ReadonlyMap<string, { readonly binding: ArrayBinding; readonly buffer: GpuBuffer }>,
): void {
  const { device } = backend;
  const numbers = packNumbers(program);
  const uniforms = backend.bufferManager.acquireBuffer(numbers.byteLength, usage.copyTarget | usage.uniform);
  device.queue.writeBuffer(uniforms, 0, numbers);
  backend.uniformPendingDisposal.push(uniforms);
  backend.ensureCommandEncoderReady();
  const bindings = [...arrays.values()].map(({ binding }) => binding);
  program.passes.forEach(({ count }, index) => {
    if (count === 0) return;
    const pass = compilePass(device, label, program, index, bindings);
    const entries = [uniforms, ...pass.arrays.map(({ name }) => arrays.get(name)!.buffer)]
      .map((buffer, binding) => ({ binding, resource: { buffer } }));
    const groups = Math.ceil(count / workgroupSize);
    const rows = Math.ceil(groups / device.limits['maxComputeWorkgroupsPerDimension']!);
    backend.computePassEncoder ??= backend.commandEncoder!.beginComputePass();
    backend.computePassEncoder.setPipeline(pass.pipeline);
    backend.computePassEncoder.setBindGroup(0, device.createBindGroup({ layout: pass.layout, entries }));
    backend.computePassEncoder.dispatchWorkgroups(Math.ceil(groups / rows), rows);
    backend.dispatchCountInPass++;
  });
  if (backend.dispatchCountInPass >= dispatchesPerSubmission) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
}

/** As TensorFlow.js: WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE. */
const dispatchesPerSubmission = 15;

function elementOf(dtype: string): 'f32' | 'i32' {
  return dtype === 'float32' ? 'f32' : 'i32';
}

/** The buffer of a tensor; of an empty one, four bytes that nothing reads, since a binding cannot be empty. */
function bufferOf(backend: WebgpuBackend, { dataId, shape, dtype }: tf.TensorInfo): GpuBuffer {
  if (shape.includes(0)) {
    backend.tensorMap.get(dataId).values ??= dtype === 'float32' ? new Float32Array(0) : new Int32Array(0);
    return scratchBuffer(backend, 1);
  }
  backend.uploadToGPU(dataId);
  return backend.tensorMap.get(dataId).resource!;
}

function scratchBuffer(backend: WebgpuBackend, elements: number): GpuBuffer {
  const buffer = backend.bufferManager.acquireBuffer(Math.max(4, 4 * elements), usage.storage | usage.copyTarget);
  backend.uniformPendingDisposal.push(buffer);
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder!.clearBuffer(buffer);
  return buffer;
}

const placed = new WeakMap<GpuDevice, WeakMap<HostArray, GpuBuffer>>();
const discarded = new FinalizationRegistry<GpuBuffer>((buffer) => buffer.destroy());

/** A constant array on the device, copied once and freed when the array is collected. */
function constantBuffer(device: GpuDevice, array: HostArray): GpuBuffer {
  let known = placed.get(device);
  if (!known) placed.set(device, (known = new WeakMap()));
  let buffer = known.get(array);
  if (!buffer) {
    buffer = device.createBuffer({ size: Math.max(4, array.byteLength), usage: usage.storage, mappedAtCreation: true });
    new Int32Array(buffer.getMappedRange()).set(new Int32Array(array.buffer, array.byteOffset, array.length));
    buffer.unmap();
    known.set(array, buffer);
    discarded.register(array, buffer);
  }
  return buffer;
}
