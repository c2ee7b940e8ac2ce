/**
 * Follows one sample through the sources and host stages of a graph: for each, what its cache key holds, whether the result lies in the
 * cache, and if not, in what the nearest entry differs. Results that are missing are computed, so that the stages behind can be told.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Plan, PlannedGraph, PlannedStage } from '../pipeline/plan.js';
import type { HostContract, OpenSource } from '../plugin/stage-types.js';
import { FlowError } from '../errors/flow-error.js';
import { keyContent, keyOf, type EntryNote, type KeyContent } from './cache.js';
import type { CacheEntry } from './cache-admin.js';
import { digestsOf } from './deferred.js';
import { inputsOf } from './host-stage.js';
import { openSources } from './open-source.js';
import type { FlowServices } from './services.js';
import type { StageValues } from './stage-values.js';

export interface ExplainedStage {
  readonly stage: string;
  readonly use: string;
  readonly state: 'source' | 'cached' | 'refusal cached' | 'not cached' | 'never cached' | 'refused' | 'not reached';
  /** What the state rests on. */
  readonly why: string;
  readonly key?: string;
  readonly content?: KeyContent;
  /** Output port → digest. */
  readonly outputs?: Readonly<Record<string, string>>;
  readonly milliseconds?: number;
}

/** Throws FLOW_SOURCE when no source has the sample. `entries` are those of the cache. */
export async function explainSample(
  plan: Plan, graph: PlannedGraph, services: FlowServices, entries: readonly CacheEntry[], sample?: string,
): Promise<{ readonly sample: string; readonly stages: readonly ExplainedStage[] }> {
  const sources = await openSources(plan, graph, services);
  try {
    const key = sample ?? sources.keys[0];
    const values: Record<string, unknown> = {};
    const explained: ExplainedStage[] = [];
    for (const { stage, source, indexOf } of sources.sources) {
      const index = indexOf(key);
      if (index === undefined) throw unknownSample(stage, key, sources.keys);
      explained.push(await explainSource(stage, source, index, values));
    }
    for (const name of graph.stages) {
      const stage = plan.stages.get(name)!;
      if (stage.contract.kind === 'host') explained.push(await explainHost(plan, stage, services, entries, key, values));
    }
    return { sample: key, stages: explained };
  } finally {
    await sources.close();
  }
}

async function explainSource(stage: PlannedStage, source: OpenSource, index: number, values: Record<string, unknown>): Promise<ExplainedStage> {
  const about = { stage: stage.name, use: stage.use };
  const start = performance.now();
  try {
    const outputs = await source.read(index);
    keep(stage, outputs, values);
    const why = source.glance ? 'read where it has changed or something needs its values' : 'this source is read anew in each run';
    return { ...about, state: 'source', why, outputs: digestsOf(outputs), milliseconds: performance.now() - start };
  } catch (error) {
    return { ...about, state: 'refused', why: (error as Error).message };
  }
}

async function explainHost(
  plan: Plan, stage: PlannedStage, services: FlowServices, entries: readonly CacheEntry[], sample: string, values: Record<string, unknown>,
): Promise<ExplainedStage> {
  const { name, use, pluginVersion, options } = stage;
  const contract = stage.contract as HostContract;
  const about = { stage: name, use };
  const missing = Object.values(stage.inputs).find((edge) => !(`${edge.stage}.${edge.port}` in values));
  if (missing) return { ...about, state: 'not reached', why: `it reads ${missing.stage}.${missing.port}, which is refused or comes from a device section` };
  const inputs = inputsOf(stage.inputs, values);
  if (!stage.cache || !contract.pure) {
    const why = contract.pure ? 'the file says `cache: false`' : 'the stage type is not pure: the same input may give another output';
    return { ...about, ...await compute(stage, services, inputs, sample, values, { state: 'never cached', why }) };
  }
  const resources = Object.fromEntries(Object.entries(stage.resources).map(([slot, resource]) => [slot, plan.resources.get(resource)!.digest]));
  const content = keyContent({ use, pluginVersion, version: contract.version, options, resources, inputs });
  const key = keyOf(content);
  const known = await services.cache?.get(key, name);
  if (known) {
    keep(stage, known, values);
    return { ...about, state: 'cached', why: 'an entry with this key is there', key, content, outputs: digestsOf(known) };
  }
  const refusal = await services.cache?.refusal(key);
  if (refusal) return { ...about, state: 'refusal cached', why: refusal.error.message, key, content };
  const why = whyMissing(content, sample, entries);
  return { ...about, key, content, ...await compute(stage, services, inputs, sample, values, { state: 'not cached', why }) };
}

/** Runs the stage for the sake of those behind it; nothing is put into the cache. */
async function compute(
  stage: PlannedStage, services: FlowServices, inputs: StageValues, sample: string, values: Record<string, unknown>,
  found: Pick<ExplainedStage, 'state' | 'why'>,
): Promise<Pick<ExplainedStage, 'state' | 'why' | 'outputs' | 'milliseconds'>> {
  const result = await services.main.run(stage, inputs, { key: sample, epoch: 0 });
  if (!result.ok) return { state: 'refused', why: `${found.why}; computed now: ${result.error.message}`, milliseconds: result.milliseconds };
  keep(stage, result.value, values);
  return { ...found, outputs: digestsOf(result.value), milliseconds: result.milliseconds };
}

/** The nearest entry: of the same stage type and sample before others of the type, then the one that differs in least. */
function whyMissing(content: KeyContent, sample: string, entries: readonly CacheEntry[]): string {
  const notes = entries.flatMap(({ note }) => (note?.use === content.use ? [note] : []));
  if (notes.length === 0) return 'the cache holds nothing of this stage type';
  const ofSample = notes.filter((note) => note.sample === sample);
  if (ofSample.length === 0) return `the cache holds ${notes.length} results of this stage type, none of this sample`;
  const [nearest] = ofSample.map((note) => differences(content, note)).sort((first, second) => first.length - second.length);
  return nearest.length === 0 ? 'an entry with this key was there and is gone: pruned, or damaged' : `the nearest entry differs in ${nearest.join('; ')}`;
}

function differences(content: KeyContent, note: EntryNote): string[] {
  const scalar = (['pluginVersion', 'version'] as const).filter((part) => content[part] !== note[part])
    .map((part) => `${part === 'version' ? 'the version of the stage type' : 'the version of its plugin'} (${note[part]}, now ${content[part]})`);
  return [
    ...scalar,
    ...unlike(content.options, note.options, (name, before, now) => `option ${name} (${JSON.stringify(before)}, now ${JSON.stringify(now)})`),
    ...unlike(content.resources, note.resources, (slot) => `resource ${slot}`),
    ...unlike(content.inputs, note.inputs, (port) => `the content of input ${port}`),
  ];
}

function unlike(now: unknown, before: unknown, say: (name: string, before: unknown, now: unknown) => string): string[] {
  const [mine, theirs] = [now ?? {}, before ?? {}] as Record<string, unknown>[];
  return [...new Set([...Object.keys(mine), ...Object.keys(theirs)])]
    .filter((name) => !isDeepStrictEqual(mine[name], theirs[name])).map((name) => say(name, theirs[name], mine[name]));
}

function keep(stage: PlannedStage, outputs: StageValues, values: Record<string, unknown>): void {
  for (const port of Object.keys(stage.outputPorts)) values[`${stage.name}.${port}`] = outputs[port];
}

function unknownSample(stage: PlannedStage, key: string, keys: readonly string[]): FlowError {
  return new FlowError('FLOW_SOURCE', {
    who: stage.name, where: stage.place, message: `There is no sample "${key}".`, expected: `one of ${keys.length} keys, such as "${keys[0]}"`, got: key,
  });
}
