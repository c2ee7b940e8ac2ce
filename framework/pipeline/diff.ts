/** What sets two plans apart: stages, resources, training and validation, added, removed or changed. */
import { usedStages } from './activities.js';
import type { Plan, PlannedStage } from './plan.js';
import { stageFacts } from './digest.js';

export interface Change {
  /** `stages.total.options.selfAugmentation`. */
  readonly path: string;
  /** Undefined where the one plan lacks it. */
  readonly from?: unknown;
  readonly to?: unknown;
}

export interface PlanDiff {
  /** Names with their types: `rotate (self-augment/rotate)`. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly Change[];
  /** Both plans compute the same. */
  readonly sameGraph: boolean;
}

/** What the second plan lacks, adds and changes. */
export function diffPlans(one: Plan, other: Plan): PlanDiff {
  const [left, right] = [entriesOf(one), entriesOf(other)];
  const label = ([name, facts]: [string, Facts]): string => `${name} (${String(facts['use'])})`;
  const changed = [...left].flatMap(([name, facts]) => (right.has(name) ? changesOf(name, facts, right.get(name)!) : []));
  return {
    added: [...right].filter(([name]) => !left.has(name)).map(label),
    removed: [...left].filter(([name]) => !right.has(name)).map(label),
    changed: [...changed, ...changesOf('', blocksOf(one), blocksOf(other))],
    sameGraph: one.digest === other.digest,
  };
}

/** The difference as lines: `-` and `+` for stages, `~` for values. */
export function renderDiff({ added, removed, changed, sameGraph }: PlanDiff): string {
  const lines = [
    ...removed.map((name) => `- ${name}`),
    ...added.map((name) => `+ ${name}`),
    ...changed.map(({ path, from, to }) => `~ ${path}: ${show(from)} → ${show(to)}`),
  ];
  if (sameGraph) lines.push('the graphs are equal');
  return lines.join('\n');
}

type Facts = Readonly<Record<string, unknown>>;

function entriesOf(plan: Plan): Map<string, Facts> {
  const stages = usedStages(plan);
  const resources = [...plan.resources.values()].map(({ name, use, options }) => [`resources.${name}`, { use, with: options }] as const);
  return new Map<string, Facts>([...stages.map((stage) => [`stages.${stage.name}`, factsOf(stage, plan)] as const), ...resources]);
}

function factsOf(stage: PlannedStage, plan: Plan): Facts {
  const { options, inputs, resources: _digests, version: _version, ...rest } = stageFacts(stage, plan.resources);
  return { ...rest, in: inputs, with: options, resources: stage.resources };
}

function blocksOf(plan: Plan): Facts {
  const { seed, device, batch, train, validate, weights } = plan;
  const plain = (block: object | undefined): object | undefined => block && Object.fromEntries(Object.entries(block).filter(([key]) => key !== 'place'));
  return { seed, device, batch, train: plain(train), validate: plain(validate), weights: Object.fromEntries(weights.map((each) => [each.target, plain(each)])) };
}

function changesOf(prefix: string, one: unknown, other: unknown): Change[] {
  if (isMap(one) && isMap(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...keys].flatMap((key) => changesOf(prefix === '' ? key : `${prefix}.${key}`, one[key], other[key]));
  }
  return JSON.stringify(one) === JSON.stringify(other) ? [] : [{ path: prefix, from: one, to: other }];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
