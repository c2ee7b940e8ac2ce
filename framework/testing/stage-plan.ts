/** A plan of one stage, made from its contract and the inputs of a test, as the compiler would make it from a file. */
import type { PlannedPort, PlannedStage } from '../pipeline/plan.js';
import { validate } from '../pipeline/validate.js';
import { outputPortsOf } from '../plugin/output-ports.js';
import type { Dimension, Ports, PortType } from '../plugin/port-types.js';
import type { StageContract } from '../plugin/stage-types.js';
import type { TObject } from '../index.js';
import { isHostTensor, type HostTensor } from '../values/host-tensor.js';

export interface StageRequest {
  /** Options that differ from the defaults. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Values of the resource slots. */
  readonly resources?: Readonly<Record<string, unknown>>;
  /** What the resources declare, by slot and name: `{ 'face.vertices': 120 }`. */
  readonly dimensions?: Readonly<Record<string, number>>;
  readonly seed?: number;
}

/** The widest type of a contract: its parameters are checked where it is defined. */
export interface AnyContract {
  readonly kind: StageContract['kind'];
  readonly summary: string;
  readonly options: TObject;
  readonly in: Ports;
  readonly out: Ports;
  readonly load: () => Promise<object>;
}

/**
 * The options with their defaults.
 *
 * @throws Error naming the first option that is unknown or has a wrong value.
 */
export function completeOptions(schema: TObject, given: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const options = structuredClone(given) as Record<string, unknown>;
  const problem = validate(schema, options)[0];
  if (problem) throw new Error(`option ${problem.path.join('.')}: ${problem.message}`);
  return options;
}

/** @param samples one sample of each connected input. */
export function planStage(contract: AnyContract, request: StageRequest, samples: Readonly<Record<string, unknown>>): PlannedStage {
  const options = completeOptions(contract.options, request.options);
  const extents = bindDimensions(contract, options, request.dimensions ?? {}, samples);
  const rest = (contract as { readonly inRest?: PortType }).inRest;
  const place = { file: 'test', line: 1, column: 1 };
  const connected = Object.keys(samples);
  return {
    name: 'stage', use: 'test/stage', contract: contract as unknown as StageContract, pluginVersion: '0.0.0', options, scope: 'stage',
    trainable: true, concurrency: 1, cache: false, place,
    resources: Object.fromEntries(Object.keys(request.resources ?? {}).map((slot) => [slot, slot])),
    inputs: Object.fromEntries(connected.map((port) => [port, { stage: 'input', port, detach: false, place }])),
    inputPorts: Object.fromEntries(connected.flatMap((port) => {
      const type = contract.in[port] ?? rest;
      if (!type) throw new Error(`the stage has no input "${port}"`);
      return [[port, planPort(type, extents)] as const];
    })),
    outputPorts: Object.fromEntries(Object.entries(outputPortsOf(contract, connected)).map(([port, type]) => [port, planPort(type, extents)])),
    onError: { policy: 'fail', attempts: 1, maxRate: 0, minCount: 1 },
  };
}

type Extents = (dimension: Dimension) => number | null;

function bindDimensions(
  contract: AnyContract, options: Readonly<Record<string, unknown>>, declared: Readonly<Record<string, number>>, samples: Readonly<Record<string, unknown>>,
): Extents {
  const symbols = new Map<string, number>();
  const known: Extents = (dimension) => {
    if (typeof dimension === 'number') return dimension;
    if (dimension.startsWith('with.')) return Number(options[dimension.slice(5)]);
    return declared[dimension] ?? symbols.get(dimension) ?? null;
  };
  for (const [port, sample] of Object.entries(samples)) {
    const type = contract.in[port];
    if (type?.kind !== 'tensor' || !isHostTensor(sample)) continue;
    checkRank(port, type.shape, sample);
    type.shape.forEach((dimension, axis) => {
      const extent = known(dimension);
      if (extent === null) symbols.set(String(dimension), sample.shape[axis]!);
      else if (extent !== sample.shape[axis]) {
        throw new Error(`input "${port}": axis ${axis} (${dimension}) is ${sample.shape[axis]}, expected ${extent}`);
      }
    });
  }
  return known;
}

function checkRank(port: string, shape: readonly Dimension[], sample: HostTensor): void {
  if (shape.length !== sample.shape.length) {
    throw new Error(`input "${port}": a sample has the shape [${sample.shape.join(', ')}], expected [${shape.join(', ')}]`);
  }
}

function planPort(type: PortType, extents: Extents): PlannedPort {
  if (type.kind === 'value') return { kind: 'value', meaning: type.meaning };
  return { kind: 'tensor', dtype: type.dtype, shape: type.shape.map(extents), meaning: type.meaning };
}
