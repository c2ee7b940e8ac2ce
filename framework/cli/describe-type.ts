/** A stage or resource type as `flow inspect` prints it. */
import { FlowError } from '../errors/flow-error.js';
import { nearestName } from '../pipeline/nearest-name.js';
import type { PluginRegistry, RegisteredResource, RegisteredStage } from '../plugin/registry.js';
import type { PortType, Ports } from '../plugin/port-types.js';

export interface DescribedType {
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

interface OptionSchema {
  readonly type?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly { readonly const?: unknown }[];
}

/** Throws FLOW_STAGE_UNKNOWN, with the nearest name, when no such type exists. */
export function describeType(registry: PluginRegistry, use: string): DescribedType {
  const stage = registry.stage(use);
  const resource = registry.resource(use);
  if (stage) return describeStage(stage);
  if (resource) return describeResource(resource);
  const all = [...registry.stages, ...registry.resources].map((type) => type.use);
  const nearest = nearestName(use, all);
  throw new FlowError('FLOW_STAGE_UNKNOWN', {
    who: use, message: `there is no stage or resource type "${use}"`, cure: nearest ? `did you mean ${nearest}?` : '`flow plugins` lists all types.',
  });
}

function describeStage({ use, contract, plugin, source }: RegisteredStage): DescribedType {
  const rest: Ports = contract.inRest ? { '(any other name)': contract.inRest } : {};
  const outputs: Ports = { ...contract.out, ...(contract.kind === 'device' && contract.outRest ? { '(name of a further input)': contract.outRest } : {}) };
  const draws = contract.kind === 'device' ? (contract.draws ?? {}) : {};
  const lines = [
    `${use}  (${contract.kind}, plugin ${plugin.name} ${plugin.version}, version ${contract.version})`,
    contract.summary,
    ...section('in', portLines({ ...contract.in, ...rest })),
    ...section('out', portLines(outputs)),
    ...section('drawn on the host for each sample', portLines(draws)),
    ...section('resources', Object.entries(contract.resources ?? {}).map(([slot, kind]) => `${slot}: ${kind.name}`)),
    ...section('options', optionLines(contract.options.properties as Record<string, OptionSchema>)),
    ...section('source', [source]),
  ];
  const { load: _load, ...facts } = contract;
  return { text: lines.join('\n'), facts: { use, plugin: plugin.name, source, ...facts } };
}

function describeResource({ use, contract, plugin, source }: RegisteredResource): DescribedType {
  const lines = [
    `${use}  (resource of kind ${contract.kind.name}, plugin ${plugin.name} ${plugin.version}, version ${contract.version})`,
    contract.summary,
    ...section('options', optionLines(contract.options.properties as Record<string, OptionSchema>)),
    ...section('source', [source]),
  ];
  return { text: lines.join('\n'), facts: { use, plugin: plugin.name, source, kind: contract.kind.name, options: contract.options } };
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

function portLines(ports: Ports): string[] {
  const width = Math.max(0, ...Object.keys(ports).map((name) => name.length));
  return Object.entries(ports).map(([name, port]) => `${name.padEnd(width)}  ${portText(port)}`);
}

function portText(port: PortType): string {
  const shape = port.kind === 'tensor' ? `${port.dtype} [${port.shape.join(', ')}]` : 'value';
  return `${shape}  ${port.meaning}${port.optional ? '  (optional)' : ''}`;
}

function optionLines(options: Readonly<Record<string, OptionSchema>>): string[] {
  return Object.entries(options).map(([name, schema]) => {
    const kind = schema.anyOf ? schema.anyOf.map((choice) => JSON.stringify(choice.const)).join(' | ') : (schema.type ?? 'value');
    const bounds = [schema.minimum, schema.maximum].some((bound) => bound !== undefined) ? ` in [${schema.minimum ?? '…'}, ${schema.maximum ?? '…'}]` : '';
    return `${name}: ${kind}${bounds}, default ${schema.default === undefined ? 'none' : JSON.stringify(schema.default)}. ${schema.description ?? ''}`;
  });
}
