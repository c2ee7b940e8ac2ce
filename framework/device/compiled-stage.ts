/** One device stage of a plan, built: its function with checks around it. */
import { FlowError } from '../errors/flow-error.js';
import type { PlannedPort, PlannedStage } from '../pipeline/plan.js';
import type { DeviceContract, DeviceFunction, DeviceImplementation, DeviceContext, ResourceSlots } from '../plugin/stage-types.js';
import type { Ports, TObject } from '../index.js';
import type { HostTensor } from '../values/host-tensor.js';
import { randomFor } from '../values/random.js';
import type { ConstantStore } from './constants.js';
import { tf, type Tensor } from './tf.js';
import { deviceDType } from './transfer.js';
import type { VariableStore } from './variables.js';

export interface StageServices {
  /** Built resources by their name in the plan. */
  readonly resources: ReadonlyMap<string, unknown>;
  readonly variables: VariableStore;
  readonly constants: ConstantStore;
  readonly seed: number;
  readonly log: (line: string) => void;
}

export interface StageCall {
  readonly inputs: Readonly<Record<string, Tensor | undefined>>;
  readonly draws: Readonly<Record<string, Tensor>>;
  readonly training: boolean;
  readonly batch: number;
  /** Output ports that something reads. */
  readonly wanted: ReadonlySet<string>;
}

export interface CompiledStage {
  readonly planned: PlannedStage;
  /** Names of its variables, and whether any of them is trained. */
  readonly variables: readonly string[];
  readonly trained: boolean;
  /** Whether the stage needs random inputs. */
  readonly hasDraws: boolean;
  /** Random inputs of one sample: a function of (run seed, stage, epoch, key). */
  draw(key: string, epoch: number): Readonly<Record<string, HostTensor>>;
  /** Runs the stage in a scope of its own; the wanted outputs belong to the caller. */
  run(call: StageCall): Record<string, Tensor>;
}

type AnyImplementation = DeviceImplementation<TObject, Ports, Ports, ResourceSlots, Ports>;

/** Loads the implementation and builds it. Throws FLOW_PLUGIN_LOAD, and what the stage's `build` throws with the stage's name. */
export async function compileStage(planned: PlannedStage, services: StageServices): Promise<CompiledStage> {
  const { contract, name } = planned;
  if (contract.kind !== 'device') throw new FlowError('FLOW_INTERNAL', { message: `"${planned.use}" is no device stage.`, who: name, where: planned.place });
  const implementation = await loadImplementation(planned, contract);
  const variables: string[] = [];
  const built = named(planned, 'cannot be built', () => implementation.build(contextOf(planned, services, variables)));
  return {
    planned,
    variables,
    trained: planned.trainable && variables.length > 0,
    hasDraws: contract.draws !== undefined && Object.keys(contract.draws).length > 0,
    draw: (key, epoch) => drawSample(planned, implementation, services.seed, key, epoch),
    run: (call) => runStage(planned, built, call),
  };
}

async function loadImplementation(planned: PlannedStage, contract: DeviceContract): Promise<AnyImplementation> {
  try {
    const { stage } = await contract.load();
    return stage as unknown as AnyImplementation;
  } catch (cause) {
    throw new FlowError('FLOW_PLUGIN_LOAD', {
      message: `The implementation of "${planned.use}" cannot be imported: ${cause instanceof Error ? cause.message : String(cause)}`,
      who: planned.name, where: planned.place, cause,
    });
  }
}

function contextOf(planned: PlannedStage, services: StageServices, variables: string[]): DeviceContext<TObject, ResourceSlots> {
  const { name, scope, trainable, contract } = planned;
  return {
    options: planned.options,
    stage: name,
    inputs: Object.keys(planned.inputs),
    log: (line) => services.log(`${name}: ${line}`),
    resource: (slot) => {
      const resource = planned.resources[slot];
      if (resource === undefined || !services.resources.has(resource)) {
        throw new FlowError('FLOW_INTERNAL', { message: `The resource in slot "${slot}" was not built.`, who: name, where: planned.place });
      }
      return services.resources.get(resource) as never;
    },
    shapeOf: (port) => shapeOf(planned, port),
    constant: (constant, make) => services.constants.get(planned, constant, make),
    variable: (variable, shape, initial) => {
      if (contract.kind !== 'device' || contract.trainable !== true) {
        throw new FlowError('FLOW_PLUGIN', {
          message: `"${planned.use}" makes the variable "${variable}", and its contract does not say so.`, who: name, where: planned.place,
          cure: 'Add `trainable: true` to the contract: the check of gradient paths relies on it.',
        });
      }
      const full = `${scope}/${variable}`;
      variables.push(full);
      return services.variables.create(full, shape, initial, trainable);
    },
  };
}

function shapeOf(planned: PlannedStage, port: string): readonly number[] {
  const shape = (planned.inputPorts[port] ?? planned.outputPorts[port])?.shape;
  if (shape?.every((extent): extent is number => extent !== null)) return shape;
  throw new FlowError('FLOW_PORT_TYPE', {
    message: shape ? `A dimension of "${port}" is still open, but the stage needs it to be built.` : `There is no tensor port "${port}".`,
    who: planned.name, where: planned.place, got: shape ? describeShape(shape) : undefined,
  });
}

function drawSample(planned: PlannedStage, implementation: AnyImplementation, seed: number, key: string, epoch: number): Readonly<Record<string, HostTensor>> {
  if (!implementation.draw) {
    throw new FlowError('FLOW_PLUGIN_LOAD', { message: `"${planned.use}" declares draws, but implements no draw().`, who: planned.name });
  }
  return implementation.draw(randomFor(seed, 'draw', planned.name, epoch, key), planned.options);
}

function runStage(planned: PlannedStage, built: DeviceFunction<Ports, Ports, Ports>, call: StageCall): Record<string, Tensor> {
  return tf.tidy(() => {
    const made = named(planned, 'failed', () => built.run(call.inputs as never, { draws: call.draws as never, training: call.training }));
    const outputs = made as Readonly<Record<string, Tensor | undefined>>;
    if (typeof (made as { then?: unknown }).then === 'function') {
      throw new FlowError('FLOW_DEVICE_SHAPE', { message: 'A device stage must be synchronous, but its run() returned a promise.', who: planned.name });
    }
    // Outputs are freed when their last reader is done, so they must not be anyone else's.
    const taken = new Set<unknown>([...Object.values(call.inputs), ...Object.values(call.draws)]);
    const result: Record<string, Tensor> = {};
    for (const port of Object.keys(planned.outputPorts)) {
      const tensor = checkOutput(planned, port, outputs[port], call.batch);
      if (!tensor || !call.wanted.has(port)) continue;
      const shared = taken.has(tensor) || tensor.kept || tensor instanceof tf.Variable;
      result[port] = shared ? tensor.clone() : tensor;
      taken.add(tensor);
    }
    return result;
  });
}

function checkOutput(planned: PlannedStage, port: string, tensor: Tensor | undefined, batch: number): Tensor | undefined {
  const declared = planned.outputPorts[port];
  const expected = declared ? describePort(declared, batch) : 'a tensor';
  if (!(tensor instanceof tf.Tensor)) {
    if (tensor === undefined && !declared) return undefined;
    throw wrongOutput(planned, port, expected, tensor === undefined ? 'nothing' : typeof tensor);
  }
  if (declared && !fits(declared, tensor, batch)) throw wrongOutput(planned, port, expected, `${tensor.dtype} [${tensor.shape.join(', ')}]`);
  return tensor;
}

function fits(declared: PlannedPort, tensor: Tensor, batch: number): boolean {
  const shape = [batch, ...(declared.shape ?? [])];
  return (
    tensor.dtype === deviceDType(declared.dtype ?? 'float32') && tensor.rank === shape.length &&
    shape.every((extent, axis) => extent === null || extent === tensor.shape[axis])
  );
}

function wrongOutput(planned: PlannedStage, port: string, expected: string, got: string): FlowError {
  return new FlowError('FLOW_DEVICE_SHAPE', {
    message: `The stage returned something else at "${port}" than it declares.`, who: `${planned.name}.${port}`, where: planned.place, expected, got,
  });
}

function describePort(port: PlannedPort, batch: number): string {
  return `${deviceDType(port.dtype ?? 'float32')} ${describeShape([batch, ...(port.shape ?? [])])}`;
}

function describeShape(shape: readonly (number | null)[]): string {
  return `[${shape.map((extent) => extent ?? '?').join(', ')}]`;
}

/** What a stage throws, with the stage's name and place. */
function named<T>(planned: PlannedStage, verb: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof FlowError && cause.fields.who !== undefined) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    const { code, fields } = cause instanceof FlowError ? cause : { code: 'FLOW_DEVICE' as const, fields: undefined };
    throw new FlowError(code, { ...fields, message: `The stage "${planned.name}" (${planned.use}) ${verb}: ${message}`, who: planned.name, where: planned.place, cause });
  }
}
