/** Stable hashes of plain data: keys in order, no places, no functions. */
import { createHash } from 'node:crypto';
import { usedStages } from './activities.js';
import type { Plan, PlannedResource, PlannedStage } from './plan.js';

/** SHA-256 of canonical JSON, in hexadecimal: objects with sorted keys, `undefined` left out. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(canonical(value))).digest('hex');
}

/**
 * Hash of what a plan computes: the stages that some activity needs with their options, edges and resources, and the train and
 * validate blocks. Neither the layout of the files, nor the seed, nor the number of workers enters.
 */
export function digestOfPlan(plan: Omit<Plan, 'digest'>): string {
  return digestOf({
    stages: Object.fromEntries(usedStages(plan).map((stage) => [stage.name, stageFacts(stage, plan.resources)])),
    train: plan.train && withoutPlace({ ...plan.train, replicas: undefined }),
    validate: withoutPlace(plan.validate),
    weights: plan.weights.map(({ target, from, strict }) => ({ target, from, strict })),
  });
}

/** What of a stage changes its results. */
export function stageFacts(stage: PlannedStage, resources: ReadonlyMap<string, PlannedResource>): Record<string, unknown> {
  const { use, contract, options, scope, trainable } = stage;
  return {
    use, version: contract.version, options, scope, trainable,
    inputs: Object.fromEntries(Object.entries(stage.inputs).map(([port, edge]) => [port, `${edge.stage}.${edge.port}${edge.detach ? ' detached' : ''}`])),
    resources: Object.fromEntries(Object.entries(stage.resources).map(([slot, name]) => [slot, resources.get(name)!.digest])),
    onError: stage.onError,
  };
}

function withoutPlace(block: object | undefined): object | undefined {
  return block && Object.fromEntries(Object.entries(block).filter(([key]) => key !== 'place'));
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, canonical(each)]));
}
