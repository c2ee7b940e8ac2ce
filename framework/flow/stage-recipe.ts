/** What it takes to make a stage's function in any thread: plain data, with the address of the plugin's module. */
import type { Plan, PlannedResource, PlannedStage } from '../pipeline/plan.js';
import { FlowError } from '../errors/flow-error.js';
import { digestOf } from './digest.js';

/** Where plugins live: `source` is the URL of the module that exports `plugin`. A `PluginRegistry` is one. */
export interface PluginSources {
  plugin(name: string): { readonly source: string } | undefined;
}

export interface ResourceAddress {
  readonly name: string;
  readonly use: string;
  readonly module: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly digest: string;
}

export interface StageRecipe {
  readonly name: string;
  readonly use: string;
  readonly module: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Slot → resource. */
  readonly resources: Readonly<Record<string, ResourceAddress>>;
  /** Changes when options or resources change: a worker makes one function for each (name, digest). */
  readonly digest: string;
}

/** A stage or resource of the plan, its type, and the module that holds the type's contract. */
export type MemberAddress = Pick<StageRecipe, 'name' | 'use' | 'module'>;

/** The recipe of a planned stage. Throws FLOW_INTERNAL when the plan lacks a resource that it names. */
export function stageRecipe(plan: Plan, stage: PlannedStage, plugins: PluginSources): StageRecipe {
  const resources = Object.fromEntries(Object.entries(stage.resources).map(([slot, name]) => {
    const resource = plan.resources.get(name);
    if (!resource) throw new FlowError('FLOW_INTERNAL', { who: stage.name, message: `The plan has no resource "${name}".` });
    return [slot, resourceAddress(resource, plugins)];
  }));
  const { name, use, options } = stage;
  return { name, use, options, resources, module: moduleOf(use, plugins), digest: digestOf({ use, options, resources }) };
}

/** A resource of the plan, and the module that holds its contract. */
export function resourceAddress({ name, use, options, digest }: PlannedResource, plugins: PluginSources): ResourceAddress {
  return { name, use, options, digest, module: moduleOf(use, plugins) };
}

/** The contract of the type of a stage or resource, from the module that exports its plugin. Throws FLOW_PLUGIN_LOAD. */
export async function memberOf<T>({ name, use, module }: MemberAddress, kind: 'stages' | 'resources'): Promise<T> {
  const exported = (await import(module)) as { plugin?: Record<string, Record<string, unknown>> };
  const found = exported.plugin?.[kind]?.[splitUse(use).type];
  if (!found) throw new FlowError('FLOW_PLUGIN_LOAD', { who: name, message: `The module ${module} exports no plugin with "${use}".` });
  return found as T;
}

/** `plugin/type` → the two words. */
export function splitUse(use: string): { readonly plugin: string; readonly type: string } {
  const slash = use.lastIndexOf('/');
  return { plugin: use.slice(0, slash), type: use.slice(slash + 1) };
}

/** URL of the module that exports the plugin of a type. Throws FLOW_PLUGIN_LOAD. */
export function moduleOf(use: string, plugins: PluginSources): string {
  const { plugin } = splitUse(use);
  const source = plugins.plugin(plugin)?.source;
  if (!source) throw new FlowError('FLOW_PLUGIN_LOAD', { who: plugin, message: `Nobody knows where the plugin of "${use}" lives.` });
  return source;
}
