/** Building and running one stage alone. */
import { DeviceProgram, VariableStore, type DeviceBatch, type NamedVariable } from '../device/index.js';
import { FlowError } from '../errors/flow-error.js';
import type { PlannedStage, PlannedSection } from '../pipeline/plan.js';
import type { HostFunction, HostImplementation, ResourceSlots } from '../plugin/stage-types.js';
import type { Ports, TObject } from '../index.js';
import { isHostTensor, type HostTensor } from '../values/host-tensor.js';
import { planStage, type AnyContract, type StageRequest } from './stage-plan.js';

export interface DeviceStageRequest extends StageRequest {
  /** Inputs with the batch axis first. */
  readonly inputs: Readonly<Record<string, HostTensor>>;
  /** Random inputs, batch first; drawn from `seed`, epoch 0 and the keys s0, s1 … when not given. */
  readonly draws?: Readonly<Record<string, HostTensor>>;
  readonly training?: boolean;
}

export interface HostStageRequest extends StageRequest {
  /** One sample. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly key?: string;
  readonly epoch?: number;
}

/** A device stage made ready: the caller disposes it. */
export interface BuiltDeviceStage {
  readonly planned: PlannedStage;
  readonly program: DeviceProgram;
  readonly variables: readonly NamedVariable[];
  readonly store: VariableStore;
  run(inputs: Readonly<Record<string, HostTensor>>, call?: Pick<DeviceStageRequest, 'draws'>): Promise<Record<string, HostTensor>>;
  dispose(): void;
}

/** Builds a device stage for inputs of these shapes. The engine must be current. */
export async function buildDeviceStage(contract: AnyContract, request: DeviceStageRequest): Promise<BuiltDeviceStage> {
  const planned = planStage(contract, request, firstSamples(request.inputs));
  const store = new VariableStore(request.seed ?? 1);
  const section: PlannedSection = {
    name: 'section', stages: [planned.name], inputs: Object.keys(request.inputs).map((port) => `input.${port}`),
    outputs: Object.keys(planned.outputPorts).map((port) => `${planned.name}.${port}`),
  };
  const program = await DeviceProgram.build({
    plan: { stages: new Map([[planned.name, planned]]) }, section, variables: store, seed: request.seed ?? 1,
    resources: new Map(Object.entries(request.resources ?? {})),
  });
  return {
    planned, program, store, variables: program.variables,
    run: async (inputs, call = {}) => {
      const outputs = await program.run(batchOf(planned, inputs, call.draws ?? request.draws), section.outputs);
      return Object.fromEntries(Object.keys(planned.outputPorts).map((port) => [port, outputs[`${planned.name}.${port}`]!]));
    },
    dispose: () => {
      program.dispose();
      store.dispose();
    },
  };
}

/**
 * Builds a device stage, runs it on one batch and frees it. Everything that the framework checks is checked: options,
 * shapes and types of the outputs.
 *
 * @returns the outputs, batch first.
 */
export async function runDeviceStage(contract: AnyContract, request: DeviceStageRequest): Promise<Record<string, HostTensor>> {
  const stage = await buildDeviceStage(contract, request);
  try {
    return await stage.run(request.inputs);
  } finally {
    stage.dispose();
  }
}

/** Creates a host stage, runs it on one sample, checks types and shapes of the outputs, and closes it. */
export async function runHostStage(contract: AnyContract, request: HostStageRequest): Promise<Record<string, unknown>> {
  const planned = planStage(contract, request, request.inputs);
  const { stage } = (await contract.load()) as { readonly stage: HostImplementation<TObject, Ports, Ports, ResourceSlots> };
  const created: HostFunction = await stage.create({
    options: planned.options, stage: planned.name, log: () => undefined,
    resource: (slot) => {
      if (!(slot in (request.resources ?? {}))) throw new Error(`the test gives no resource "${slot}"`);
      return request.resources![slot] as never;
    },
  });
  try {
    const outputs = (await created.run(request.inputs as never, { key: request.key ?? 's0', epoch: request.epoch ?? 0 })) as Record<string, unknown>;
    checkHostOutputs(planned, contract, outputs);
    return outputs;
  } finally {
    await created.close?.();
  }
}

function checkHostOutputs(planned: PlannedStage, contract: AnyContract, outputs: Readonly<Record<string, unknown>>): void {
  for (const [port, declared] of Object.entries(planned.outputPorts)) {
    const value = outputs[port];
    if (value === undefined && contract.out[port]!.optional) continue;
    if (declared.kind === 'value' && value !== undefined) continue;
    const fits =
      isHostTensor(value) && value.dtype === declared.dtype && value.shape.length === declared.shape!.length &&
      declared.shape!.every((extent, axis) => extent === null || extent === value.shape[axis]);
    if (fits) continue;
    throw new FlowError('FLOW_PORT_TYPE', {
      message: `The stage returned something else at "${port}" than it declares.`, who: port,
      expected: declared.kind === 'value' ? declared.meaning : `${declared.dtype} [${declared.shape!.map((extent) => extent ?? '?').join(', ')}]`,
      got: isHostTensor(value) ? `${value.dtype} [${value.shape.join(', ')}]` : typeof value,
    });
  }
}

/** A batch for the program of one stage. */
export function batchOf(planned: PlannedStage, inputs: Readonly<Record<string, HostTensor>>, draws?: Readonly<Record<string, HostTensor>>): DeviceBatch {
  const rows = Object.values(inputs)[0]?.shape[0] ?? 1;
  return {
    keys: Array.from({ length: rows }, (_, row) => `s${row}`), epoch: 0,
    inputs: Object.fromEntries(Object.entries(inputs).map(([port, value]) => [`input.${port}`, value])),
    draws: draws && { [planned.name]: draws },
  };
}

function firstSamples(inputs: Readonly<Record<string, HostTensor>>): Record<string, HostTensor> {
  return Object.fromEntries(Object.entries(inputs).map(([port, value]) => [port, sampleAt(value, 0)]));
}

/** One row of a batched host tensor. */
export function sampleAt(value: HostTensor, row: number): HostTensor {
  const size = value.data.length / value.shape[0]!;
  return { dtype: value.dtype, shape: value.shape.slice(1), data: value.data.slice(row * size, (row + 1) * size) };
}
