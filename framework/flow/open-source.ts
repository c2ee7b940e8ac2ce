/**
 * Opens the sources of a graph. Every source is a function of an index; one sequence of keys drives them all. Several
 * sources are joined by key: the run visits, in the order of the first source, the keys that all of them have (an inner
 * join), and says how many were left out.
 */
import { FlowError } from '../errors/flow-error.js';
import type { Plan, PlannedGraph, PlannedStage } from '../pipeline/plan.js';
import type { TObject } from '@sinclair/typebox';
import type { OpenSource, SourceContext, SourceContract } from '../plugin/stage-types.js';
import { keyContent, keyOf } from './cache.js';
import { digestOf } from './digest.js';
import { errorFromRecord, errorRecord } from './envelope.js';
import { loadSlots } from './main-runner.js';
import type { FlowServices } from './services.js';

export interface OpenedSource {
  readonly stage: PlannedStage;
  /** Options that hold: those of the plan, or validation's. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly source: OpenSource;
  indexOf(key: string): number | undefined;
  /** What the memory layer knows a sample's values by. */
  readonly digest: string;
}

export interface OpenedSources {
  readonly sources: readonly OpenedSource[];
  /** The keys to visit, in natural order. */
  readonly keys: readonly string[];
  close(): Promise<void>;
}

/** Source stage → options that replace the plan's (validation). */
export type SourceOptions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export async function openSources(plan: Plan, graph: PlannedGraph, services: FlowServices, overrides: SourceOptions = {}): Promise<OpenedSources> {
  const stages = graph.stages.map((name) => plan.stages.get(name)!).filter((stage) => stage.contract.kind === 'source');
  if (stages.length === 0) throw new FlowError('FLOW_SOURCE', { message: 'The graph has no source.' });
  const sources: OpenedSource[] = [];
  const close = async (): Promise<void> => {
    for (const { source } of sources) await source.close?.();
  };
  try {
    for (const stage of stages) sources.push(await openSource(plan, stage, services, overrides[stage.name] ?? stage.options));
    return { sources, keys: commonKeys(sources, services.log), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openSource(plan: Plan, stage: PlannedStage, services: FlowServices, options: OpenedSource['options']): Promise<OpenedSource> {
  const resource = await loadSlots(plan, stage, services.resources);
  let source: OpenSource;
  try {
    const { stage: implementation } = await (stage.contract as SourceContract).load();
    source = await implementation.open({
      options, stage: stage.name, resource, log: (line) => services.log(`${stage.name}: ${line}`), remembered: remembering(stage, services),
    });
  } catch (error) {
    throw errorFromRecord(errorRecord(error, 'FLOW_STAGE'), { who: stage.name });
  }
  const indices = new Map<string, number>();
  for (let index = 0; index < source.length; index++) {
    const key = source.key(index);
    if (indices.has(key)) throw sourceFault(stage, `Two samples have the key "${key}".`);
    indices.set(key, index);
  }
  if (indices.size === 0) throw sourceFault(stage, 'The source has no samples.');
  const { use, pluginVersion, contract } = stage;
  const digest = digestOf({ use, pluginVersion, version: contract.version, options, name: stage.name });
  return { stage, options, source, indexOf: (key) => indices.get(key), digest };
}

/** See `SourceContext`. Without a cache everything is computed. */
function remembering({ use, pluginVersion, contract, name }: PlannedStage, { cache }: FlowServices): SourceContext<TObject>['remembered'] {
  return async (content, compute) => {
    if (!cache) return compute();
    const parts = keyContent({ use, pluginVersion, version: contract.version, options: {}, resources: {}, inputs: { content } });
    const key = keyOf(parts);
    const known = await cache.get(key, name);
    if (known) return known.value as Awaited<ReturnType<typeof compute>>;
    const value = await compute();
    await cache.put(key, { value }, { ...parts, sample: name });
    return value;
  };
}

function commonKeys(sources: readonly OpenedSource[], log: (line: string) => void): string[] {
  const [first, ...others] = sources;
  const all = Array.from({ length: first.source.length }, (_, index) => first.source.key(index));
  const keys = all.filter((key) => others.every((other) => other.indexOf(key) !== undefined));
  if (keys.length === 0) {
    const [other] = others;
    throw new FlowError('FLOW_SOURCE', {
      who: first.stage.name, where: first.stage.place, also: other.stage.place,
      message: `The sources ${sources.map(({ stage }) => stage.name).join(', ')} have no sample in common; they are joined by key.`,
      expected: `keys such as "${all[0]}"`, got: `keys such as "${other.source.key(0)}"`,
    });
  }
  for (const { stage, source } of sources) {
    const left = source.length - keys.length;
    if (left > 0) log(`${stage.name}: ${left} of ${source.length} samples have no partner of the same key in the other sources`);
  }
  return keys;
}

function sourceFault(stage: PlannedStage, message: string): FlowError {
  return new FlowError('FLOW_SOURCE', { who: stage.name, where: stage.place, message });
}
