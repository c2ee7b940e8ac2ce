/** Named graphs become plain stages: `first: { graph: reconstruct }` gives `first/regress` with the scope `reconstruct/regress`. */
import type { Path } from './document.js';
import type { Compilation } from './compilation.js';
import { listNames, suggestion } from './nearest-name.js';
import type { GraphDefinition, InputDefinition, StageDefinition } from './schema.js';

/** Where references of one level are looked up: the pipeline itself, or one use of a graph. */
export interface Level {
  /** `''` for the pipeline, else `first/`. */
  readonly prefix: string;
  /** Stages of this level by their short names. */
  readonly stages: ReadonlyMap<string, ExpandedStage | GraphUse>;
  /** Names of this level that were refused. */
  readonly broken: ReadonlySet<string>;
  readonly use?: GraphUse;
}

export interface GraphUse {
  readonly kind: 'graph';
  readonly name: string;
  readonly graphName: string;
  readonly graph: GraphDefinition;
  /** Path of the use in the document. */
  readonly path: Path;
  readonly inputs: Readonly<Record<string, InputDefinition>>;
  readonly outer: Level;
  readonly inner: Level;
}

export interface ExpandedStage {
  readonly kind: 'stage';
  readonly name: string;
  readonly scope: string;
  readonly definition: StageDefinition & { readonly use: string };
  /** Path of the definition in the document. */
  readonly path: Path;
  /** What the nearest use of a graph that says so demands, else what the stage says. */
  readonly trainable: boolean | undefined;
  readonly level: Level;
}

export interface ExpandedPipeline {
  readonly top: Level;
  /** By expanded name, in the order of the file. */
  readonly stages: ReadonlyMap<string, ExpandedStage>;
}

interface Expansion {
  readonly compilation: Compilation;
  readonly stages: Map<string, ExpandedStage>;
}

interface LevelPlan {
  readonly prefix: string;
  readonly definitions: Readonly<Record<string, StageDefinition>>;
  readonly path: Path;
  /** The graph that this level is a use of; scopes begin with its name. */
  readonly graphName?: string;
  readonly trainable: boolean | undefined;
  /** A set of variables that is not the graph's own; scopes begin with its name. */
  readonly variables?: string;
  readonly outerGraphs: readonly string[];
}

export function expandGraphs(compilation: Compilation): ExpandedPipeline {
  const expansion: Expansion = { compilation, stages: new Map() };
  const definitions = compilation.document.stages;
  const top = expandLevel(expansion, { prefix: '', definitions, path: ['stages'], trainable: undefined, outerGraphs: [] });
  return { top, stages: expansion.stages };
}

function expandLevel(expansion: Expansion, plan: LevelPlan, use?: Omit<GraphUse, 'inner'>): Level {
  const stages = new Map<string, ExpandedStage | GraphUse>();
  const broken = new Set<string>();
  const level: { -readonly [K in keyof Level]: Level[K] } = { prefix: plan.prefix, stages, broken };
  if (use) level.use = Object.assign(use, { inner: level });
  for (const [name, definition] of Object.entries(plan.definitions)) {
    const path = [...plan.path, name];
    const entry = definition.graph !== undefined
      ? expandUse(expansion, plan, level, name, definition, path)
      : expandStage(expansion, plan, level, name, definition, path);
    if (entry) stages.set(name, entry);
    else broken.add(name);
  }
  if (plan.prefix === '') {
    for (const part of expansion.compilation.broken) if (part.startsWith('stages.')) broken.add(part.slice('stages.'.length));
  }
  return level;
}

function expandStage(expansion: Expansion, plan: LevelPlan, level: Level, name: string, definition: StageDefinition, path: Path): ExpandedStage | undefined {
  const { compilation, stages } = expansion;
  const { use } = definition;
  if (use === undefined) {
    compilation.problems.add('FLOW_SCHEMA', {
      who: plan.prefix + name, message: 'a stage names a type or a graph', where: compilation.keyPlace(path), expected: 'use: plugin/type, or graph: NAME',
    });
    return undefined;
  }
  if (definition.variables !== undefined) {
    compilation.problems.add('FLOW_SCHEMA', {
      who: plan.prefix + name, message: 'only the use of a graph names a set of variables', where: compilation.keyPlace([...path, 'variables']),
      cure: `put the stage into a graph, and say "variables" where the graph is used`,
    });
  }
  const stage: ExpandedStage = {
    kind: 'stage', name: plan.prefix + name, scope: [plan.variables, plan.graphName, name].filter((part) => part !== undefined).join('/'),
    definition: { ...definition, use }, path, trainable: plan.trainable ?? definition.trainable, level,
  };
  stages.set(stage.name, stage);
  return stage;
}

function expandUse(expansion: Expansion, plan: LevelPlan, outer: Level, name: string, definition: StageDefinition, path: Path): GraphUse | undefined {
  const { compilation } = expansion;
  const graphs = compilation.document.graphs ?? {};
  const graphName = definition.graph!;
  const graph = Object.hasOwn(graphs, graphName) ? graphs[graphName] : undefined;
  const who = plan.prefix + name;
  refuseStageKeys(compilation, definition, path, who);
  if (!graph) {
    if (compilation.broken.has(`graphs.${graphName}`) || compilation.broken.has('graphs')) return undefined;
    const names = Object.keys(graphs);
    compilation.problems.add('FLOW_STAGE_UNKNOWN', {
      who, message: `there is no graph "${graphName}"`, where: compilation.place([...path, 'graph']), expected: `one of ${listNames(names)}`, cure: suggestion(graphName, names),
    });
    return undefined;
  }
  if (plan.outerGraphs.includes(graphName)) {
    compilation.problems.add('FLOW_CYCLE', {
      who, message: `graphs hold each other in a circle: ${[...plan.outerGraphs, graphName].join(' → ')}`, where: compilation.place([...path, 'graph']),
    });
    return undefined;
  }
  checkInputs(compilation, graph, graphName, definition, path, who);
  const use: Omit<GraphUse, 'inner'> = { kind: 'graph', name: who, graphName, graph, path, inputs: definition.in ?? {}, outer };
  expandLevel(expansion, {
    prefix: `${who}/`, definitions: graph.stages, path: ['graphs', graphName, 'stages'], graphName,
    trainable: plan.trainable ?? definition.trainable, variables: definition.variables ?? plan.variables, outerGraphs: [...plan.outerGraphs, graphName],
  }, use);
  return use as GraphUse;
}

/** Keys that only a stage type understands. */
function refuseStageKeys(compilation: Compilation, definition: StageDefinition, path: Path, who: string): void {
  const allowed = ['graph', 'variables', 'in', 'trainable'];
  for (const key of Object.keys(definition).filter((each) => !allowed.includes(each))) {
    compilation.problems.add('FLOW_SCHEMA', {
      who, message: `the use of a graph takes no key "${key}"`, where: compilation.keyPlace([...path, key]), expected: `one of ${listNames(allowed)}`,
      cure: `say it at the stages of the graph ${definition.graph}`,
    });
  }
}

function checkInputs(compilation: Compilation, graph: GraphDefinition, graphName: string, definition: StageDefinition, path: Path, who: string): void {
  const names = graph.in ?? [];
  for (const input of Object.keys(definition.in ?? {})) {
    if (names.includes(input)) continue;
    compilation.problems.add('FLOW_EDGE', {
      who, message: `the graph ${graphName} has no input "${input}"`, where: compilation.keyPlace([...path, 'in', input]), expected: `one of ${listNames(names)}`, cure: suggestion(input, names),
    });
  }
}
