/** Finds the type of every stage and resource in the registry, with nearest names where there is none. */
import type { RegisteredResource, RegisteredStage } from '../plugin/registry.js';
import type { Compilation } from './compilation.js';
import type { Path } from './document.js';
import type { ExpandedPipeline, ExpandedStage } from './expand-graphs.js';
import { listNames, suggestion } from './nearest-name.js';

export interface TypedStage {
  readonly stage: ExpandedStage;
  readonly type: RegisteredStage;
}

export interface TypedResource {
  readonly name: string;
  readonly type: RegisteredResource;
  readonly options: unknown;
  readonly path: Path;
}

export interface ResolvedPipeline {
  readonly stages: ReadonlyMap<string, TypedStage>;
  readonly resources: ReadonlyMap<string, TypedResource>;
}

/** Stages and resources with their registered types; unknown ones become problems with the nearest name. */
export function resolveStages(compilation: Compilation, pipeline: ExpandedPipeline): ResolvedPipeline {
  const { registry, document } = compilation;
  const stages = new Map<string, TypedStage>();
  for (const stage of pipeline.stages.values()) {
    const { use } = stage.definition;
    const type = registry.stage(use);
    if (type) stages.set(stage.name, { stage, type });
    else reportUnknown(compilation, 'stage', use, stage.name, [...stage.path, 'use']);
  }
  const resources = new Map<string, TypedResource>();
  for (const [name, { use, with: options }] of Object.entries(document.resources ?? {})) {
    const path = ['resources', name];
    const type = registry.resource(use);
    if (type) resources.set(name, { name, type, options, path });
    else reportUnknown(compilation, 'resource', use, name, [...path, 'use']);
  }
  return { stages, resources };
}

function reportUnknown(compilation: Compilation, kind: 'stage' | 'resource', use: string, who: string, path: Path): void {
  const { registry, problems } = compilation;
  const types = (kind === 'stage' ? registry.stages : registry.resources).map((type) => type.use);
  const pluginName = use.split('/')[0]!;
  const siblings = types.filter((type) => type.startsWith(`${pluginName}/`));
  const other = kind === 'stage' ? registry.resource(use) : registry.stage(use);
  problems.add('FLOW_STAGE_UNKNOWN', {
    who,
    message: other ? `"${use}" is a ${kind === 'stage' ? 'resource' : 'stage'} type, not a ${kind} type` : `there is no ${kind} type "${use}"`,
    where: compilation.place(path),
    expected: siblings.length > 0 ? `one of ${listNames(siblings)}` : `a type of one of the plugins ${listNames(registry.plugins.map(({ plugin }) => plugin.name))}`,
    cure: other ? `declare it under ${kind === 'stage' ? 'resources' : 'stages'}` : suggestion(use, types),
  });
}
