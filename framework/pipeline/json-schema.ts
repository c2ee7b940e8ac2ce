/** The schema of pipeline files for editors, made from the plugins at hand: completion and checks while typing. */
import type { PortType, Ports } from '../plugin/port-types.js';
import type { PluginRegistry, RegisteredResource, RegisteredStage } from '../plugin/registry.js';
import { GraphSchema, InputSchema, PipelineSchema, ResourceSchema, StageSchema } from './schema.js';
import { closeObjects } from './validate.js';

type JsonSchema = Record<string, unknown>;

/**
 * A schema of draft 7, which is valid in draft 2020-12 too. `use` chooses the schema of `with`, of the inputs and of the
 * resource slots; properties with a default are optional; a reference such as `${params.size}` may stand for any value.
 */
export function editorSchema(registry: PluginRegistry): JsonSchema {
  const definitions = {
    stage: stageSchema(registry),
    resource: resourceSchema(registry),
    graph: { ...input(GraphSchema), properties: { ...properties(input(GraphSchema)), stages: namedMap('stage') } },
  };
  const file = input(PipelineSchema);
  const keys = { ...properties(file), stages: namedMap('stage'), graphs: namedMap('graph'), resources: namedMap('resource') };
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'Pipeline', ...file, properties: keys, required: ['flow'], definitions };
}

function stageSchema(registry: PluginRegistry): JsonSchema {
  const base = input(StageSchema);
  const use = useSchema(registry, 'Stage', registry.stages);
  return { ...base, properties: { ...properties(base), use }, allOf: registry.stages.map(stageRule) };
}

function stageRule({ use, contract }: RegisteredStage): JsonSchema {
  const ports = Object.entries(contract.in as Ports).map(([name, port]) => [name, { ...orDeleted(input(InputSchema)), description: describe(port) }]);
  const slots = Object.entries(contract.resources ?? {}).map(([slot, kind]) => [slot, { type: 'string', description: `A ${kind.name}.` }]);
  return when(use, {
    with: orReference(input(contract.options)),
    in: { type: 'object', properties: { ...Object.fromEntries(ports), ...marks }, additionalProperties: contract.inRest ? orDeleted(input(InputSchema)) : false },
    resources: { type: 'object', properties: { ...Object.fromEntries(slots), ...marks }, additionalProperties: false },
  });
}

function resourceSchema(registry: PluginRegistry): JsonSchema {
  const base = input(ResourceSchema);
  const use = useSchema(registry, 'Resource', registry.resources);
  const rules = registry.resources.map((type: RegisteredResource) => when(type.use, { with: orReference(input(type.contract.options)) }));
  return { ...base, required: [], properties: { ...properties(base), use }, allOf: rules };
}

/** Known types, and any type of a plugin that is not at hand: a file may name further plugins. */
function useSchema(registry: PluginRegistry, what: string, types: readonly { readonly use: string; readonly contract: { readonly summary: string } }[]): JsonSchema {
  const plugins = registry.plugins.map(({ plugin }) => plugin.name).join('|');
  const words = types.map(({ use, contract }) => ({ const: use, description: contract.summary }));
  return { description: `${what} type: plugin/type.`, anyOf: [...words, { type: 'string', pattern: `^(?!(${plugins})/).+/.+$` }, reference] };
}

function when(use: string, then: JsonSchema): JsonSchema {
  return { if: { properties: { use: { const: use } }, required: ['use'] }, then: { properties: then } };
}

function namedMap(definition: string): JsonSchema {
  return { type: 'object', additionalProperties: { $ref: `#/definitions/${definition}` } };
}

function describe(port: PortType): string {
  const type = port.kind === 'tensor' ? `${port.meaning} ${port.dtype}[${port.shape.join(', ')}]` : port.meaning;
  return port.optional ? `${type}, optional` : type;
}

const reference: JsonSchema = { type: 'string', pattern: '\\$\\{.*\\}' };
const marks: JsonSchema = { $delete: { const: true }, $replace: { const: true } };

function properties(schema: JsonSchema): JsonSchema {
  return schema['properties'] as JsonSchema;
}

/** The schema of what a person writes, where the schema given is of what the program reads. */
function input(schema: object): JsonSchema {
  return asWritten(closeObjects(schema)) as JsonSchema;
}

function asWritten(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  const { properties: fields, required: _required, items, anyOf, ...rest } = schema as JsonSchema;
  const result: JsonSchema = { ...rest };
  if (fields) {
    const written = Object.entries(fields as JsonSchema).map(([key, value]) => [key, orReference(asWritten(value))]);
    result['properties'] = { ...Object.fromEntries(written), ...marks };
  }
  if (items) result['items'] = orReference(asWritten(items));
  if (Array.isArray(anyOf)) result['anyOf'] = anyOf.map(asWritten);
  if (typeof rest['additionalProperties'] === 'object') result['additionalProperties'] = orDeleted(orReference(asWritten(rest['additionalProperties'])));
  const patterns = Object.entries((rest['patternProperties'] ?? {}) as JsonSchema);
  if (patterns.length > 0) result['patternProperties'] = Object.fromEntries(patterns.map(([key, value]) => [key, orDeleted(orReference(asWritten(value)))]));
  return result;
}

/** Entries of a map may be removed. */
function orDeleted(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'object', properties: { $delete: marks['$delete'] }, required: ['$delete'], additionalProperties: false }] };
}

function orReference(schema: unknown): JsonSchema {
  const { type, description, default: fallback } = schema as JsonSchema;
  if (type === 'string' && !('pattern' in (schema as JsonSchema))) return schema as JsonSchema;
  return { ...(description === undefined ? {} : { description }), ...(fallback === undefined ? {} : { default: fallback }), anyOf: [schema, reference] };
}
