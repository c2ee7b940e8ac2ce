/** No path from a trainable variable to the loss may leave its device section: outside it there is no gradient. */
import type { Compilation } from './compilation.js';
import type { Edges } from './order-stages.js';
import { ancestorsOf } from './order-stages.js';
import type { PlannedGraph, PlannedStage, TrainPlan } from './plan.js';

interface GradientCheck {
  readonly compilation: Compilation;
  readonly stages: ReadonlyMap<string, PlannedStage>;
  readonly train: TrainPlan;
  /** Only edges that carry a gradient. */
  readonly live: Edges;
  readonly order: readonly string[];
  /** Stages that reach the loss over such edges. */
  readonly towardsLoss: ReadonlySet<string>;
  readonly lossPlace: string;
}

export function checkGradientPath(compilation: Compilation, stages: ReadonlyMap<string, PlannedStage>, train: TrainPlan, graph: PlannedGraph): void {
  const live: Edges = new Map(graph.stages.map((name) => [name, withoutDetached(stages.get(name)!)]));
  const lossStage = train.loss.slice(0, train.loss.lastIndexOf('.'));
  const { file, line, column } = compilation.place(['train', 'loss']);
  const check: GradientCheck = {
    compilation, stages, train, live, order: graph.stages, lossPlace: `${file}:${line}:${column}`,
    towardsLoss: new Set(ancestorsOf(graph.stages, live, [lossStage])),
  };
  const hosts = new Map<string, string[]>();
  let split = false;
  const roots = graph.stages.filter((name) => hasVariables(stages.get(name)!) && check.towardsLoss.has(name));
  for (const root of roots) {
    const reached = descendantsOf(check, root);
    const cuts = graph.stages.filter((name) => reached.has(name) && check.towardsLoss.has(name) && stages.get(name)!.contract.kind === 'host');
    for (const cut of cuts.slice(0, 1)) hosts.set(cut, [...(hosts.get(cut) ?? []), root]);
    if (cuts.length === 0 && !split) split = reportSplit(check, root, reached, graph);
  }
  for (const [host, trained] of hosts) reportHost(check, host, trained);
}

/** Whether the stage brings variables that this pipeline trains. */
function hasVariables({ contract, trainable }: PlannedStage): boolean {
  return trainable && contract.kind === 'device' && contract.trainable === true;
}

function withoutDetached({ inputs }: PlannedStage): PlannedStage['inputs'] {
  return Object.fromEntries(Object.entries(inputs).filter(([, edge]) => !edge.detach));
}

/** The stages after one, over edges that carry a gradient. */
function descendantsOf({ order, live }: Pick<GradientCheck, 'order' | 'live'>, root: string): Set<string> {
  const reached = new Set([root]);
  for (const name of order) if (Object.values(live.get(name)!).some(({ stage }) => reached.has(stage))) reached.add(name);
  return reached;
}

function reportHost({ compilation, stages, train, live, lossPlace }: GradientCheck, host: string, trained: readonly string[]): void {
  const reached = new Set(trained);
  const [port, edge] = Object.entries(live.get(host)!).find(([, each]) => reached.has(each.stage)) ?? Object.entries(live.get(host)!)[0]!;
  const others = trained.length > 1 ? ` and ${trained.length - 1} more` : '';
  compilation.problems.add('FLOW_GRADIENT_CUT', {
    who: host,
    message: `the host stage ${host} stands between the variables of ${trained[0]}${others} and the loss ${train.loss} (${lossPlace})`,
    where: edge.place, also: stages.get(trained[0]!)!.place,
    expected: 'device stages only on the way of the gradient',
    got: `${stages.get(host)!.use}, a host stage, reads ${edge.stage}.${edge.port}`,
    cure: `if no gradient is wanted there: ${port}: { from: ${edge.stage}.${edge.port}, detach: true }; or freeze ${trained[0]} with trainable: false`,
  });
}

/** Whether it does: the path has device stages only, but a detached detour through the host keeps them from being one function. */
function reportSplit({ compilation, stages, train, live, towardsLoss, lossPlace }: GradientCheck, root: string, reached: ReadonlySet<string>, graph: PlannedGraph): boolean {
  const sectionOf = new Map(graph.sections.flatMap((section) => section.stages.map((name) => [name, section.name] as const)));
  for (const name of graph.stages) {
    if (!reached.has(name) || !towardsLoss.has(name)) continue;
    const edge = Object.values(live.get(name)!).find(({ stage }) => reached.has(stage) && sectionOf.get(stage) !== sectionOf.get(name));
    if (!edge) continue;
    compilation.problems.add('FLOW_GRADIENT_CUT', {
      who: name,
      message: `the gradient of ${root} to the loss ${train.loss} (${lossPlace}) would cross from ${edge.stage} to ${name}, which cannot be one section: a host stage reads the one and feeds the other`,
      where: edge.place, also: stages.get(root)!.place,
      cure: `feed the host stage from outside the trained part, or detach this edge`,
    });
    return true;
  }
  return false;
}
