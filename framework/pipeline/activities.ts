/** The activities of a plan: training, validation, or a plain run. */
import type { Plan, PlannedGraph, PlannedStage } from './plan.js';

export type Activity = 'train' | 'validate' | 'run';

type Graphs = Pick<Plan, 'stages' | 'trainGraph' | 'validateGraph' | 'runGraph'>;

/** The activities that the plan has, with their graphs. */
export function activitiesOf(plan: Graphs): [Activity, PlannedGraph][] {
  const graphs: [Activity, PlannedGraph | undefined][] = [['train', plan.trainGraph], ['validate', plan.validateGraph], ['run', plan.runGraph]];
  return graphs.filter((entry): entry is [Activity, PlannedGraph] => entry[1] !== undefined);
}

/** Stages that some activity needs, in topological order. */
export function usedStages(plan: Graphs): PlannedStage[] {
  const used = new Set(activitiesOf(plan).flatMap(([, graph]) => graph.stages));
  return [...plan.stages.values()].filter(({ name }) => used.has(name));
}

/** Stages that no activity needs: their results go nowhere. A use of a graph that is not needed at all is named as a whole. */
export function unusedStages(plan: Graphs): string[] {
  const used = new Set(usedStages(plan).map(({ name }) => name));
  const usedParts = new Set([...used].map(outermost));
  const unused = [...plan.stages.keys()].filter((name) => !used.has(name));
  return [...new Set(unused.map((name) => (usedParts.has(outermost(name)) ? name : outermost(name))))];
}

/** `first` of `first/decode`. */
function outermost(stage: string): string {
  return stage.split('/')[0]!;
}

/** The graph that a picture shows the sections of. */
export function mainGraph(plan: Plan): PlannedGraph | undefined {
  return plan.trainGraph ?? plan.runGraph;
}
