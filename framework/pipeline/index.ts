/** Text → checked plan. Nothing here has side effects beyond reading files and importing plugins. */
import { basename, extname, resolve } from 'node:path';
import { discoverPlugins, type NamedPlugin, type PluginProvider } from '../plugin/discover.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { checkProfiles } from './check-document.js';
import { compile, pluginPath } from './compile.js';
import { composeFile, settleMarks } from './compose.js';
import { withoutEntries, type MapNode } from './document.js';
import type { Plan } from './plan.js';
import { Problems } from './problems.js';
import { compositionKeys } from './schema.js';
import { applyEnvironment, applyParams, applyProfile, applySettings, type Environment } from './settings.js';
import { substitute } from './substitute.js';

export interface LoadOptions {
  readonly file: string;
  /** `path=value`, in order. */
  readonly set?: readonly string[];
  readonly profile?: string;
  /** Values of parameters, as text from the command line. */
  readonly params?: Readonly<Record<string, string>>;
  readonly environment?: Environment;
  /** The plugins to use; without it they are discovered. */
  readonly registry?: PluginRegistry;
  /** Plugins that ship with the program. */
  readonly builtin?: PluginProvider;
}

export interface LoadedPipeline {
  readonly plan: Plan;
  readonly registry: PluginRegistry;
}

/** Reads, composes and checks a pipeline file. Throws FlowErrors with every problem found. */
export async function loadPlan(options: LoadOptions): Promise<Plan> {
  return (await loadPipeline(options)).plan;
}

/** `loadPlan`, and the registry that the plan was checked against. */
export async function loadPipeline(options: LoadOptions): Promise<LoadedPipeline> {
  const problems = new Problems();
  const file = resolve(options.file);
  const composed = composeDocument(options, problems);
  const registry = options.registry ?? (await discoverPlugins({ named: namedPlugins(composed), builtin: options.builtin }));
  return { plan: compile(composed, registry, problems, { name: basename(file, extname(file)), file }), registry };
}

/** The document with everything that lies over it: defaults < extends < file < profile < environment < command line. */
export function composeDocument({ file, profile, set = [], params = {}, environment = process.env }: LoadOptions, problems: Problems): MapNode {
  const files = composeFile(file, problems);
  if (!files) problems.throwIfAny();
  checkProfiles(files!, problems);
  const profiled = withoutEntries(applyProfile(files!, profile, problems), ...compositionKeys);
  const settled = settleMarks(profiled, problems);
  const surrounded = applyEnvironment(settled, environment, problems);
  const complete = applySettings(applyParams(surrounded, params, problems), set, problems);
  return substitute(complete, environment, problems);
}

function namedPlugins(document: MapNode): NamedPlugin[] {
  const list = document.entries.get('plugins')?.value;
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((item) => {
    if (item.kind !== 'scalar' || typeof item.value !== 'string') return [];
    return [{ name: pluginPath(item.definedAt ?? item.place, item.value), place: item.place }];
  });
}
