/** Which stages of a section a call needs, and which of them the tape must record. */
import type { PortReference } from '../pipeline/plan.js';
import type { CompiledStage } from './compiled-stage.js';

/** `first/render.image` → stage `first/render`, port `image`. */
export function splitReference(reference: PortReference): { readonly stage: string; readonly port: string } {
  const dot = reference.lastIndexOf('.');
  return { stage: reference.slice(0, dot), port: reference.slice(dot + 1) };
}

/** The ports that a stage reads. */
export function inputReferences(stage: CompiledStage): readonly PortReference[] {
  return Object.values(stage.planned.inputs).map(({ stage: from, port }) => `${from}.${port}`);
}

/** What one call runs. */
export interface CallPlan {
  /** Stages that no trained variable feeds: they run before the tape opens. */
  readonly before: readonly CompiledStage[];
  /** The others, in order. */
  readonly after: readonly CompiledStage[];
  /** Those through which the gradient flows. The rest runs beside the tape. */
  readonly recorded: ReadonlySet<string>;
  /** How often each value is read, wanted ones once more. */
  readonly readers: ReadonlyMap<PortReference, number>;
}

/**
 * A stage is live when it has trained variables or reads, over an edge that is not detached, a live stage. It is recorded when
 * it is live and the loss depends on it over edges that are not detached.
 */
export function planCall(stages: readonly CompiledStage[], wanted: readonly PortReference[], loss?: PortReference): CallPlan {
  const needed = ancestors(stages, loss === undefined ? wanted : [...wanted, loss]);
  const selected = stages.filter(({ planned }) => needed.has(planned.name));
  const live = liveStages(selected);
  const towards = loss === undefined ? new Set<string>() : attachedAncestors(selected, splitReference(loss).stage);
  const fed = new Set<string>();
  for (const { planned } of selected) {
    if (live.has(planned.name) || Object.values(planned.inputs).some(({ stage }) => fed.has(stage))) fed.add(planned.name);
  }
  const readers = new Map<PortReference, number>();
  const count = (reference: PortReference): void => void readers.set(reference, (readers.get(reference) ?? 0) + 1);
  selected.flatMap(inputReferences).forEach(count);
  new Set(loss === undefined ? wanted : [...wanted, loss]).forEach(count);
  return {
    before: selected.filter(({ planned }) => !fed.has(planned.name)),
    after: selected.filter(({ planned }) => fed.has(planned.name)),
    recorded: new Set([...live].filter((name) => towards.has(name))),
    readers,
  };
}

function liveStages(stages: readonly CompiledStage[]): Set<string> {
  const live = new Set<string>();
  for (const { planned, trained } of stages) {
    if (trained || Object.values(planned.inputs).some(({ stage, detach }) => !detach && live.has(stage))) live.add(planned.name);
  }
  return live;
}

function ancestors(stages: readonly CompiledStage[], references: readonly PortReference[]): Set<string> {
  const needed = new Set(references.map((reference) => splitReference(reference).stage));
  for (const { planned } of [...stages].reverse()) {
    if (needed.has(planned.name)) Object.values(planned.inputs).forEach(({ stage }) => needed.add(stage));
  }
  return needed;
}

function attachedAncestors(stages: readonly CompiledStage[], last: string): Set<string> {
  const reached = new Set([last]);
  for (const { planned } of [...stages].reverse()) {
    if (!reached.has(planned.name)) continue;
    Object.values(planned.inputs).forEach(({ stage, detach }) => !detach && reached.add(stage));
  }
  return reached;
}
