import type { PlannedPort } from '../pipeline/plan.js';
import { FlowError } from '../errors/flow-error.js';
import { isHostTensor } from '../values/host-tensor.js';
import type { StageValues } from './stage-values.js';

/** Throws FLOW_STAGE when a stage's outputs are not what its ports declare: presence, element type and shape of a sample. */
export function checkOutputs(values: StageValues, ports: Readonly<Record<string, PlannedPort>>, who: string, key: string): void {
  for (const [name, port] of Object.entries(ports)) {
    const value = values?.[name];
    const got = port.kind === 'tensor' ? tensorFault(value, port) : value === undefined ? 'nothing' : undefined;
    if (got === undefined) continue;
    throw new FlowError('FLOW_STAGE', {
      who, keys: [key], message: `Output "${name}" is not what the stage's port declares.`, expected: describePort(port), got,
    });
  }
}

function tensorFault(value: unknown, port: PlannedPort): string | undefined {
  if (!isHostTensor(value)) return value === undefined ? 'nothing' : 'something that is not a tensor';
  const fits = value.dtype === port.dtype && (!port.shape || (
    value.shape.length === port.shape.length && port.shape.every((extent, axis) => extent === null || extent === value.shape[axis])
  ));
  return fits ? undefined : `${value.dtype} [${value.shape.join(', ')}]`;
}

function describePort(port: PlannedPort): string {
  if (port.kind === 'value') return `a value of meaning ${port.meaning}`;
  const shape = (port.shape ?? []).map((extent) => extent ?? 'any').join(', ');
  return `${port.dtype} [${shape}] ${port.meaning}`;
}
