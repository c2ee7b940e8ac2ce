/** A plan for people: as text and as a Mermaid chart. */
import { activitiesOf, mainGraph, unusedStages, type Activity } from './activities.js';
import type { Plan, PlannedGraph, PlannedStage } from './plan.js';
import { describePort } from './port-text.js';

export { describeSvg } from './describe-svg.js';

/** What the plan does, in the order in which it does it, with every type that flows. */
export function describeText(plan: Plan): string {
  const lines = [`${plan.name}  ${plan.stages.size} stages, seed ${plan.seed}, device ${plan.device}, graph ${plan.digest.slice(0, 12)}`];
  if (plan.resources.size > 0) lines.push('', 'resources');
  for (const { name, use, dimensions } of plan.resources.values()) {
    const extents = Object.entries(dimensions).map(([key, extent]) => `${key} ${extent}`);
    lines.push(`  ${name.padEnd(24)} ${use}${extents.length ? `  (${extents.join(', ')})` : ''}`);
  }
  for (const { target, from, strict } of plan.weights) lines.push('', `weights of ${target} from ${from}${strict ? '' : ' (what matches)'}`);
  for (const [activity, graph] of activitiesOf(plan)) lines.push('', activityTitle(plan, activity), ...stageLines(plan, graph));
  const unused = unusedStages(plan);
  if (unused.length > 0) lines.push('', `needed by nothing: ${unused.join(', ')}`);
  return lines.join('\n');
}

function activityTitle({ train, validate }: Plan, activity: Activity): string {
  if (activity === 'train') {
    const stop = Object.entries(train!.stop).map(([unit, count]) => `${count} ${unit}`).join(' or ');
    return `train: ${train!.loss}, batch ${train!.batch}${train!.microBatch < train!.batch ? ` in parts of ${train!.microBatch}` : ''}, learning rate ${train!.optimizer.learningRate}, until ${stop}`;
  }
  return activity === 'validate' ? `validate: every ${validate!.everySteps} steps${validate!.metrics.length ? `, ${validate!.metrics.join(', ')}` : ''}` : 'run';
}

function stageLines(plan: Plan, graph: PlannedGraph): string[] {
  const sectionOf = new Map(graph.sections.flatMap(({ name, stages }) => stages.map((stage) => [stage, name] as const)));
  return graph.stages.map((name) => {
    const stage = plan.stages.get(name)!;
    const where = sectionOf.get(name) ?? stage.contract.kind;
    const inputs = Object.values(stage.inputs).map((edge) => `${edge.stage}.${edge.port}${edge.detach ? ' (detached)' : ''}`);
    const outputs = Object.entries(stage.outputPorts).map(([port, type]) => `${port}: ${describePort(type)}`);
    const flow = [inputs.length ? `← ${inputs.join(', ')}` : '', outputs.length ? `→ ${outputs.join(', ')}` : ''].filter((text) => text !== '');
    return `  ${where.padEnd(10)} ${name.padEnd(24)} ${stage.use}${plan.train ? trainedMark(stage) : ''}\n${flow.map((text) => `${' '.repeat(13)}${text}`).join('\n')}`;
  });
}

function trainedMark({ contract, trainable }: PlannedStage): string {
  if (contract.kind !== 'device' || contract.trainable !== true) return '';
  return trainable ? '  trained' : '  frozen';
}

/** A Mermaid flowchart: device sections are boxes around their stages, detached edges are dotted. */
export function describeMermaid(plan: Plan): string {
  const lines = ['flowchart TD'];
  const ids = new Map([...plan.stages.keys()].map((name, index) => [name, `s${index}`]));
  const node = (name: string): string => {
    const stage = plan.stages.get(name)!;
    const label = `"${name}<br/>${stage.use}"`;
    return { source: `${ids.get(name)}([${label}])`, sink: `${ids.get(name)}[[${label}]]`, host: `${ids.get(name)}[${label}]`, device: `${ids.get(name)}(${label})` }[stage.contract.kind];
  };
  const placed = new Set<string>();
  for (const { name, stages } of mainGraph(plan)?.sections ?? []) {
    lines.push(`  subgraph ${name}`, ...stages.map((stage) => `    ${node(stage)}`), '  end');
    stages.forEach((stage) => placed.add(stage));
  }
  for (const name of plan.stages.keys()) if (!placed.has(name)) lines.push(`  ${node(name)}`);
  for (const stage of plan.stages.values()) {
    for (const edge of Object.values(stage.inputs)) lines.push(`  ${ids.get(edge.stage)} ${edge.detach ? '-.->' : '-->'}|${edge.port}| ${ids.get(stage.name)}`);
  }
  return lines.join('\n');
}
