/** Who still reads a stage: a sink may have all that it takes (`SinkFunction.full`), and then nothing is computed for it any more. */
import type { PlannedGraph, Plan } from '../pipeline/plan.js';

/** Says whether a sink of the graph takes more samples. */
export type IsFull = (sink: string) => boolean;

/**
 * Whether somebody still reads what a host stage gives, by itself or by way of other host stages. Who reads the stages of a device section, or
 * values from outside of the graph, does so to the end.
 *
 * @param alwaysRead stages that somebody reads in any case.
 */
export function demandOf(plan: Plan, graph: PlannedGraph, alwaysRead: ReadonlySet<string>, isFull: IsFull): (stage: string) => boolean {
  const stages = graph.stages.map((name) => plan.stages.get(name)!);
  const sinksOf = new Map<string, ReadonlySet<string> | 'always'>();

  /** The sinks that a stage reaches. A graph has no cycles. */
  const reached = (name: string): ReadonlySet<string> | 'always' => {
    let sinks = sinksOf.get(name);
    if (sinks === undefined) {
      sinks = alwaysRead.has(name) ? 'always' : union(stages.filter(({ inputs }) => Object.values(inputs).some(({ stage }) => stage === name)).map(({ name: reader, contract }) => {
        if (contract.kind === 'sink') return new Set([reader]);
        return contract.kind === 'host' ? reached(reader) : 'always';
      }));
      sinksOf.set(name, sinks);
    }
    return sinks;
  };

  return (stage) => {
    const sinks = reached(stage);
    return sinks === 'always' || sinks.size === 0 || [...sinks].some((sink) => !isFull(sink));
  };
}

function union(sets: readonly (ReadonlySet<string> | 'always')[]): ReadonlySet<string> | 'always' {
  return sets.includes('always') ? 'always' : new Set((sets as readonly ReadonlySet<string>[]).flatMap((set) => [...set]));
}
