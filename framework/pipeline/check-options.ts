/** Checks the options of every stage and resource against the schema of their type, and fills in the defaults. */
import type { TSchema } from '@sinclair/typebox';
import { FlowError } from '../errors/flow-error.js';
import type { RegisteredResource } from '../plugin/registry.js';
import type { Compilation } from './compilation.js';
import { isRefused, nodeAt, type Path } from './document.js';
import type { ResolvedPipeline } from './resolve-stages.js';
import { validate, whereabouts } from './validate.js';

export type Options = Readonly<Record<string, unknown>>;

export interface CheckedOptions {
  /** Complete and frozen; stages whose options are wrong are missing. */
  readonly stages: ReadonlyMap<string, Options>;
  readonly resources: ReadonlyMap<string, Options>;
  /** Extents by name that each resource declares. */
  readonly dimensions: ReadonlyMap<string, Readonly<Record<string, number>>>;
}

export function checkOptions(compilation: Compilation, pipeline: ResolvedPipeline): CheckedOptions {
  const stages = new Map<string, Options>();
  const resources = new Map<string, Options>();
  const dimensions = new Map<string, Readonly<Record<string, number>>>();
  for (const [name, { stage, type }] of pipeline.stages) {
    const options = completeOptions(compilation, type.contract.options, stage.definition.with, [...stage.path, 'with'], `${name}: ${type.use}`);
    if (options) stages.set(name, options);
  }
  for (const [name, { type, options, path }] of pipeline.resources) {
    const complete = completeOptions(compilation, type.contract.options, options, [...path, 'with'], `${name}: ${type.use}`);
    const extents = complete && dimensionsOf(compilation, name, type, complete, path);
    if (!extents) continue;
    resources.set(name, complete);
    dimensions.set(name, extents);
  }
  return { stages, resources, dimensions };
}

/** What the resource type makes of its options; a file that it needs may be missing. */
function dimensionsOf(compilation: Compilation, who: string, { use, contract }: RegisteredResource, options: Options, path: Path): Readonly<Record<string, number>> | undefined {
  try {
    return Object.freeze({ ...contract.dimensions(options) });
  } catch (error) {
    const where = compilation.keyPlace(path);
    if (error instanceof FlowError) compilation.problems.add(error.code, { who, where, ...error.fields });
    else compilation.problems.add('FLOW_RESOURCE', { who, where, message: `${use} cannot tell its sizes: ${(error as Error).message}`, cause: error });
    return undefined;
  }
}

/** Options with defaults, frozen; undefined when something is wrong, which is then a problem at its place. */
export function completeOptions(compilation: Compilation, schema: TSchema, given: unknown, path: Path, who: string): Options | undefined {
  const options = structuredClone(given ?? {}) as Record<string, unknown>;
  const found = validate(schema, options);
  for (const problem of found) {
    const full = [...path, ...problem.path];
    const node = nodeAt(compilation.root, full);
    if (isRefused(node)) continue;
    compilation.problems.add('FLOW_OPTION', {
      who,
      message: problem.message.replace(/^unknown key/, 'unknown option').replace(/^the key/, 'the option') + whereabouts(problem),
      where: problem.inside ? compilation.keyPlace(full) : compilation.place(full),
      also: node?.kind === 'scalar' ? node.definedAt : undefined,
      expected: problem.expected, got: problem.got, cure: problem.cure,
    });
  }
  return found.length === 0 ? deepFreeze(options) : undefined;
}

export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
