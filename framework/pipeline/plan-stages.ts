/** Puts together what the checks found: the planned stages and resources. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { ResourceContract } from '../plugin/stage-types.js';
import type { Compilation } from './compilation.js';
import type { CheckedOptions } from './check-options.js';
import type { Connections } from './connect-ports.js';
import { digestOf } from './digest.js';
import type { ErrorPolicy, PlannedResource, PlannedStage } from './plan.js';
import type { ResolvedPipeline, TypedStage } from './resolve-stages.js';
import type { OnErrorDefinition } from './schema.js';
import type { UnifiedTypes } from './unify-types.js';

const defaultPolicy: ErrorPolicy = { policy: 'fail', attempts: 3, maxRate: 0.1, minCount: 20 };

export function planStages(
  compilation: Compilation, pipeline: ResolvedPipeline, options: CheckedOptions, connections: Connections, types: UnifiedTypes, workers: number,
): Map<string, PlannedStage> {
  const planned = new Map<string, PlannedStage>();
  for (const [name, typed] of pipeline.stages) {
    const complete = options.stages.get(name);
    if (!complete) continue;
    const { stage, type } = typed;
    planned.set(name, Object.freeze({
      name, use: type.use, contract: type.contract, pluginVersion: type.plugin.version, options: complete, scope: stage.scope,
      trainable: trainableOf(compilation, typed),
      resources: connections.slots.get(name)!, inputs: connections.edges.get(name)!,
      inputPorts: types.inputs.get(name)!, outputPorts: types.outputs.get(name)!,
      onError: policyOf(stage.definition.onError), concurrency: stage.definition.concurrency ?? defaultConcurrency(typed, workers),
      cache: cacheOf(compilation, typed), everySteps: everyOf(compilation, typed), place: compilation.keyPlace(stage.path),
    }));
  }
  checkSharedTrainable(compilation, planned);
  return planned;
}

export function planResources(compilation: Compilation, pipeline: ResolvedPipeline, options: CheckedOptions): Map<string, PlannedResource> {
  const planned = new Map<string, PlannedResource>();
  for (const [name, { type, path }] of pipeline.resources) {
    const complete = options.resources.get(name);
    if (!complete) continue;
    const { use, contract, plugin } = type;
    planned.set(name, Object.freeze({
      name, use, contract, pluginVersion: plugin.version, options: complete, dimensions: options.dimensions.get(name)!,
      digest: digestOf({ use, version: contract.version, options: complete, ...filesOf(contract, complete) }), place: compilation.keyPlace(path),
    }));
  }
  return planned;
}

/** Digests of the files behind a resource; nothing where its type names none. A missing file is left to its loader to report. */
function filesOf({ files }: ResourceContract, options: Readonly<Record<string, unknown>>): { readonly files?: readonly (string | null)[] } {
  return files ? { files: files(options).map((path) => (existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : null)) } : {};
}

function policyOf(given: OnErrorDefinition | undefined): ErrorPolicy {
  return typeof given === 'string' ? { ...defaultPolicy, policy: given } : { ...defaultPolicy, ...given };
}

function defaultConcurrency({ type: { contract } }: TypedStage, workers: number): number {
  return contract.kind === 'host' && contract.runs !== 'main' ? Math.max(1, workers) : 1;
}

function trainableOf(compilation: Compilation, { stage, type }: TypedStage): boolean {
  if (type.contract.kind === 'device') return stage.trainable ?? true;
  if (stage.definition.trainable !== undefined) {
    compilation.problems.add('FLOW_OPTION', {
      who: stage.name, message: `a ${type.contract.kind} stage has no variables`, where: compilation.keyPlace([...stage.path, 'trainable']), cure: 'remove trainable',
    });
  }
  return false;
}

function cacheOf(compilation: Compilation, { stage, type: { contract, use } }: TypedStage): boolean {
  const wanted = stage.definition.cache;
  const pure = contract.kind === 'host' ? contract.pure : contract.kind === 'device' && contract.cacheable === true;
  if (wanted === true && !pure) {
    compilation.problems.add('FLOW_OPTION', {
      who: stage.name, message: `the results of ${use} cannot be cached`, where: compilation.place([...stage.path, 'cache']),
      expected: 'a pure host stage, or a cacheable device stage', got: `a ${contract.kind} stage${contract.kind === 'host' ? ' that is not pure' : ''}`,
    });
  }
  return wanted ?? pure;
}

function everyOf(compilation: Compilation, { stage, type: { contract } }: TypedStage): number | undefined {
  const { every } = stage.definition;
  if (every && contract.kind !== 'sink') {
    compilation.problems.add('FLOW_OPTION', {
      who: stage.name, message: '`every` says on which validation occasions a sink is fed', where: compilation.keyPlace([...stage.path, 'every']),
      got: `a ${contract.kind} stage`, cure: 'remove every',
    });
  }
  return every?.steps;
}

/** Uses of one graph share their variables, so they train them all or not at all. */
function checkSharedTrainable({ problems }: Compilation, stages: ReadonlyMap<string, PlannedStage>): void {
  const first = new Map<string, PlannedStage>();
  for (const stage of stages.values()) {
    const other = first.get(stage.scope);
    if (!other) first.set(stage.scope, stage);
    else if (other.trainable !== stage.trainable) {
      problems.add('FLOW_TRAIN', {
        who: stage.name, message: `${other.name} and ${stage.name} share the variables ${stage.scope}, and only one of them is trainable`,
        where: stage.place, cure: 'say trainable: false at every use, or inside the graph',
      });
    }
  }
}
