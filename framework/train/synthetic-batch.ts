import type { DeviceBatch } from '../device/index.js';
import type { Plan, PlannedPort, PlannedSection } from '../pipeline/plan.js';
import { sizeOf, type HostTensor } from '../values/host-tensor.js';
import { randomFor } from '../values/random.js';

/** Made-up inputs of a section, of the right shapes and types: uniform numbers, zeros and bits. */
export function syntheticBatch(plan: Plan, section: PlannedSection, samples: number): DeviceBatch {
  const inputs = Object.fromEntries(section.inputs.map((reference) => [reference, syntheticTensor(portOf(plan, reference), reference, samples)]));
  return { keys: Array.from({ length: samples }, (_, index) => `preroll-${index}`), epoch: 0, inputs };
}

function syntheticTensor(port: PlannedPort, reference: string, samples: number): HostTensor {
  const shape = [samples, ...(port.shape ?? []).map((extent) => extent ?? 8)];
  const random = randomFor('preroll', reference);
  const length = sizeOf(shape);
  if (port.dtype === 'float32') return { dtype: 'float32', shape, data: Float32Array.from({ length }, () => random.uniform()) };
  if (port.dtype === 'int32') return { dtype: 'int32', shape, data: new Int32Array(length) };
  return { dtype: port.dtype ?? 'uint8', shape, data: Uint8Array.from({ length }, () => random.integer(2)) };
}

function portOf(plan: Plan, reference: string): PlannedPort {
  const dot = reference.lastIndexOf('.');
  return plan.stages.get(reference.slice(0, dot))!.outputPorts[reference.slice(dot + 1)]!;
}
