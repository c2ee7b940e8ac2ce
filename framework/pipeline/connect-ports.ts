/** Ties inputs to outputs and slots to resources: every name exists, every required input is connected. */
import { outputPortsOf } from '../plugin/output-ports.js';
import type { PortType, Ports } from '../plugin/port-types.js';
import type { StageContract } from '../plugin/stage-types.js';
import type { Place } from '../errors/flow-error.js';
import type { Compilation } from './compilation.js';
import type { Path } from './document.js';
import type { ExpandedStage, Level } from './expand-graphs.js';
import { listNames, nearestName, suggestion } from './nearest-name.js';
import type { PlannedEdge } from './plan.js';
import { resolveInput } from './resolve-references.js';
import type { ResolvedPipeline, TypedStage } from './resolve-stages.js';

export interface Connections {
  /** Stage → input port → edge. */
  readonly edges: ReadonlyMap<string, Readonly<Record<string, PlannedEdge>>>;
  /** Stage → slot → resource name. */
  readonly slots: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** The edges and resource slots of every stage; what does not fit becomes a problem. */
export function connectPorts(compilation: Compilation, pipeline: ResolvedPipeline): Connections {
  const edges = new Map<string, Readonly<Record<string, PlannedEdge>>>();
  const slots = new Map<string, Readonly<Record<string, string>>>();
  for (const [name, typed] of pipeline.stages) {
    edges.set(name, connectInputs(compilation, pipeline, typed));
    slots.set(name, bindResources(compilation, pipeline, typed));
  }
  return { edges, slots };
}

/** The type of an input port; further names are allowed where the contract has `inRest`. */
export function inputType(contract: StageContract, port: string): PortType | undefined {
  const ports = contract.in as Ports;
  return Object.hasOwn(ports, port) ? ports[port] : contract.inRest;
}

/** The type of an output port; a contract with `outRest` has one for each further input that the file names. */
export function outputType({ stage, type }: TypedStage, port: string): PortType | undefined {
  const ports = outputPortsOf(type.contract, Object.keys(stage.definition.in ?? {}));
  return Object.hasOwn(ports, port) ? ports[port] : undefined;
}

function connectInputs(compilation: Compilation, pipeline: ResolvedPipeline, { stage, type }: TypedStage): Record<string, PlannedEdge> {
  const { contract } = type;
  const connected: Record<string, PlannedEdge> = {};
  const unsettled = new Set<string>();
  for (const [port, input] of Object.entries(stage.definition.in ?? {})) {
    const path = [...stage.path, 'in', port];
    if (!inputType(contract, port)) {
      const names = Object.keys(contract.in);
      compilation.problems.add('FLOW_EDGE', {
        who: stage.name, message: `${type.use} has no input "${port}"`, where: compilation.keyPlace(path),
        expected: names.length ? `one of ${listNames(names)}` : `no input: it is a ${contract.kind}`, cure: suggestion(port, names),
      });
      unsettled.add(nearestName(port, names) ?? port);
      continue;
    }
    const found = resolveInput(compilation, stage.level, input, path, stage.name);
    if (found === 'broken' || (found !== 'unconnected' && !hasOutput(compilation, pipeline, stage, found.stage.name, found.port, path))) unsettled.add(port);
    else if (found !== 'unconnected') {
      connected[port] = { stage: found.stage.name, port: found.port, detach: found.detach, place: edgePlace(compilation, stage.level, input, path) };
    }
  }
  reportOpenInputs(compilation, stage, type.use, contract, new Set([...Object.keys(connected), ...unsettled]));
  return connected;
}

/** Where the connection was written that is particular to this use: outside the graph, when a graph passes its input on. */
function edgePlace(compilation: Compilation, level: Level, input: unknown, path: Path): Place {
  const reference = typeof input === 'string' ? input : (input as { from: string }).from;
  const outer = level.use && reference.startsWith('$in.') ? level.use : undefined;
  if (!outer) return compilation.place(typeof input === 'string' ? path : [...path, 'from']);
  const name = reference.slice('$in.'.length);
  return edgePlace(compilation, outer.outer, outer.inputs[name], [...outer.path, 'in', name]);
}

function hasOutput(compilation: Compilation, pipeline: ResolvedPipeline, stage: ExpandedStage, from: string, port: string, path: Path): boolean {
  const producer = pipeline.stages.get(from);
  if (!producer) return false;
  if (outputType(producer, port)) return true;
  const names = Object.keys(outputPortsOf(producer.type.contract, Object.keys(producer.stage.definition.in ?? {})));
  compilation.problems.add('FLOW_EDGE', {
    who: stage.name, message: `${from} (${producer.type.use}) has no output "${port}"`, where: compilation.place(path),
    expected: names.length ? `one of ${listNames(names)}` : `no output: it is a ${producer.type.contract.kind}`, cure: suggestion(port, names),
  });
  return false;
}

function reportOpenInputs(compilation: Compilation, stage: ExpandedStage, use: string, contract: StageContract, settled: ReadonlySet<string>): void {
  for (const [port, type] of Object.entries(contract.in as Ports)) {
    if (settled.has(port) || type.optional) continue;
    const written = stage.definition.in?.[port];
    const reference = typeof written === 'string' ? written : written?.from;
    const graphUse = stage.level.use;
    compilation.problems.add('FLOW_EDGE', {
      who: stage.name,
      message: `the input "${port}" of ${use} is not connected`,
      where: reference && graphUse ? compilation.keyPlace(graphUse.path) : compilation.keyPlace(stage.path),
      also: reference && graphUse ? compilation.keyPlace([...stage.path, 'in', port]) : undefined,
      cure: reference && graphUse ? `connect ${reference.replace('$in.', '')} of the graph ${graphUse.graphName}: in: { ${reference.replace('$in.', '')}: stage.port }` : `in: { ${port}: stage.port }`,
    });
  }
}

function bindResources(compilation: Compilation, pipeline: ResolvedPipeline, { stage, type }: TypedStage): Record<string, string> {
  const slots = type.contract.resources ?? {};
  const chosen = stage.definition.resources ?? {};
  const bound: Record<string, string> = {};
  for (const slot of Object.keys(chosen).filter((name) => !Object.hasOwn(slots, name))) {
    const names = Object.keys(slots);
    compilation.problems.add('FLOW_EDGE', {
      who: stage.name, message: `${type.use} has no resource slot "${slot}"`, where: compilation.keyPlace([...stage.path, 'resources', slot]),
      expected: names.length ? `one of ${listNames(names)}` : 'no resources', cure: suggestion(slot, names),
    });
  }
  for (const [slot, kind] of Object.entries(slots)) {
    const name = chosen[slot] ?? slot;
    if (checkResource(compilation, pipeline, stage, slot, kind.name, name)) bound[slot] = name;
  }
  return bound;
}

function checkResource(compilation: Compilation, pipeline: ResolvedPipeline, stage: ExpandedStage, slot: string, kind: string, name: string): boolean {
  const resource = pipeline.resources.get(name);
  if (resource?.type.contract.kind.name === kind) return true;
  const { document, broken, registry, problems } = compilation;
  const reported = document.resources && Object.hasOwn(document.resources, name);
  if (!resource && (reported || broken.has(`resources.${name}`) || broken.has('resources'))) return false;
  const providers = registry.resources.filter(({ contract }) => contract.kind.name === kind).map(({ use }) => use);
  const fitting = [...pipeline.resources.values()].filter(({ type }) => type.contract.kind.name === kind).map((each) => each.name);
  const written = stage.definition.resources?.[slot] !== undefined;
  problems.add('FLOW_STAGE_UNKNOWN', {
    who: stage.name,
    message: resource ? `the resource "${name}" is of the kind ${resource.type.contract.kind.name}, and the slot "${slot}" takes the kind ${kind}` : `there is no resource "${name}" for the slot "${slot}"`,
    where: written ? compilation.place([...stage.path, 'resources', slot]) : compilation.keyPlace(stage.path),
    also: resource && compilation.keyPlace(resource.path),
    expected: fitting.length ? `one of ${listNames(fitting)}` : `resources: { ${slot}: { use: ${providers[0] ?? `a type of the kind ${kind}`} } }`,
    cure: suggestion(name, fitting) ?? (fitting.length === 1 ? `resources: { ${slot}: ${fitting[0]} }` : undefined),
  });
  return false;
}
