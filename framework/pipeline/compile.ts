/** From a composed document to the checked plan. Every step adds its problems; they are thrown together. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Place } from '../errors/flow-error.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { checkDocument } from './check-document.js';
import { checkGradientPath } from './check-gradient-path.js';
import { checkOptions, deepFreeze } from './check-options.js';
import { Compilation, splitReference } from './compilation.js';
import { displayName } from './compose.js';
import { connectPorts } from './connect-ports.js';
import { digestOfPlan } from './digest.js';
import { nodeAt, originsOf, toPlain, type MapNode, type Path } from './document.js';
import { expandGraphs, type ExpandedPipeline } from './expand-graphs.js';
import { findSections } from './find-sections.js';
import { ancestorsOf, orderStages, type Edges } from './order-stages.js';
import type { Plan, PlannedGraph, PlannedStage, PortReference, ValidatePlan, WeightsPlan } from './plan.js';
import { planResources, planStages } from './plan-stages.js';
import { checkScope, lossOutputs, planTraining, planValidation, validationSources } from './plan-training.js';
import type { Problems } from './problems.js';
import { resolveStages } from './resolve-stages.js';
import { unifyTypes } from './unify-types.js';

export interface CompileSettings {
  readonly name: string;
  /** Absolute path of the pipeline file. */
  readonly file: string;
}

interface Graph {
  readonly stages: ReadonlyMap<string, PlannedStage>;
  readonly edges: Edges;
  readonly order: readonly string[];
}

/** Throws FlowErrors with every problem found. */
export function compile(composed: MapNode, registry: PluginRegistry, problems: Problems, settings: CompileSettings): Plan {
  const { root, document, broken } = checkDocument(composed, problems);
  const compilation = new Compilation(root, document, broken, registry, problems);
  const expanded = expandGraphs(compilation);
  const resolved = resolveStages(compilation, expanded);
  const options = checkOptions(compilation, resolved);
  const connections = connectPorts(compilation, resolved);
  const types = unifyTypes(compilation, resolved, options, connections);
  const workers = document.workers ?? Math.max(1, availableParallelism() - 1);
  const stages = planStages(compilation, resolved, options, connections, types, workers);
  const resources = planResources(compilation, resolved, options);
  const weights = planWeights(compilation, stages);
  const graph: Graph = { stages, edges: connections.edges, order: orderStages(compilation, connections.edges) ?? [] };
  const activities = planActivities(compilation, expanded, graph);
  problems.throwIfAny();
  if (activities.train) checkGradientPath(compilation, stages, activities.train, activities.trainGraph!);
  problems.throwIfAny();
  const plan: Omit<Plan, 'digest'> = {
    ...settings, document: deepFreeze(toPlain(root) as Record<string, unknown>), origins: originsOf(root),
    seed: document.seed ?? 0, device: document.device ?? 'auto', workers, batch: document.batch ?? 8, prefetch: document.prefetch ?? 2,
    resources, stages: new Map(graph.order.map((name) => [name, stages.get(name)!])), weights: deepFreeze(weights), ...activities,
  };
  return Object.freeze({ ...plan, digest: digestOfPlan(plan) });
}

type Activities = Pick<Plan, 'train' | 'trainGraph' | 'validate' | 'validateGraph' | 'runGraph'>;

function planActivities(compilation: Compilation, expanded: ExpandedPipeline, graph: Graph): Activities {
  const { document, broken, problems } = compilation;
  const { stages, order } = graph;
  if (broken.has('train') || broken.has('validate')) return {};
  const sinks = [...stages.values()].filter(({ contract }) => contract.kind === 'sink').map(({ name }) => name);
  if (!document.train) {
    if (document.validate) {
      problems.add('FLOW_TRAIN', { who: 'validate', message: 'a pipeline that does not train does not validate', where: compilation.keyPlace(['validate']), cure: 'add train, or remove validate' });
    }
    return { runGraph: graphOf(graph, order, []) };
  }
  const validate = planValidate(compilation, expanded, graph, sinks);
  const train = planTraining(compilation, expanded, stages, document.train);
  if (!train) return validate;
  const needed = neededFor(graph, [train.loss, ...train.log], []);
  const log = document.train.log ? train.log : lossOutputs(stages, needed);
  return { ...validate, train: deepFreeze({ ...train, log }), trainGraph: graphOf(graph, needed, [train.loss, ...log]) };
}

function planValidate(compilation: Compilation, expanded: ExpandedPipeline, graph: Graph, sinks: readonly string[]): { validate?: ValidatePlan; validateGraph?: PlannedGraph } {
  const { document, problems } = compilation;
  if (!document.validate) {
    if (sinks.length > 0) {
      problems.add('FLOW_TRAIN', {
        who: sinks[0], message: 'a pipeline that trains feeds its sinks on validation occasions, and there are none', where: graph.stages.get(sinks[0]!)!.place,
        cure: 'add validate: { every: { steps: 200 } }, or remove the sink',
      });
    }
    return {};
  }
  const validate = planValidation(compilation, expanded, graph.stages, document.validate);
  const needed = neededFor(graph, validate.metrics, sinks);
  // With other problems about, sources may be missing only because their stage is refused.
  const sources = problems.count === 0 ? validationSources(compilation, graph.stages, needed, document.validate.source ?? {}) : {};
  return { validate: deepFreeze({ ...validate, sources }), validateGraph: graphOf(graph, needed, validate.metrics) };
}

function neededFor({ order, edges, stages }: Graph, outputs: readonly PortReference[], sinks: readonly string[]): string[] {
  const wanted = [...outputs.map((reference) => splitReference(reference).name), ...sinks];
  return ancestorsOf(order, edges, wanted).filter((name) => stages.has(name));
}

function graphOf({ edges, stages }: Graph, names: readonly string[], kept: readonly PortReference[]): PlannedGraph {
  const present = names.filter((name) => stages.has(name));
  const sections = findSections(present, edges, (name) => stages.get(name)!.contract.kind, [...new Set(kept)], (name) => stages.get(name)!.cache);
  return deepFreeze({ stages: present, sections });
}

function planWeights(compilation: Compilation, stages: ReadonlyMap<string, PlannedStage>): WeightsPlan[] {
  return Object.entries(compilation.document.weights ?? {}).map(([key, given]) => {
    const path = ['weights', key];
    const target = key.replaceAll('.', '/');
    const place = checkScope(compilation, stages, target, path);
    const from = typeof given === 'string' ? given : given.from;
    const strict = typeof given === 'string' ? true : (given.strict ?? true);
    return { target, from: weightsFile(compilation, from, typeof given === 'string' ? path : [...path, 'from']), strict, place };
  });
}

/** An absolute path to an existing file; `run:NAME/best` stays, for the run folder is known later. */
function weightsFile(compilation: Compilation, from: string, path: Path): string {
  if (from.startsWith('run:')) return from;
  const file = besideFile(originOf(compilation, path), from);
  if (!existsSync(file)) {
    compilation.problems.add('FLOW_FILE_MISSING', {
      who: path.slice(0, 2).join('.'), message: `the weights file ${displayName(file)} does not exist`, where: compilation.place(path),
      cure: 'paths are relative to the pipeline file; run:NAME/best means a checkpoint of a run',
    });
  }
  return file;
}

function originOf(compilation: Compilation, path: Path): Place {
  const node = nodeAt(compilation.root, path);
  return (node?.kind === 'scalar' ? node.definedAt : undefined) ?? compilation.place(path);
}

/** A path as it was meant where it was written: beside its file, or in the working directory for the command line. */
function besideFile(place: Place, path: string): string {
  const fromCommandLine = place.file.startsWith('--') || place.file.startsWith('environment ');
  return resolve(fromCommandLine ? '.' : dirname(place.file), path);
}

/** The absolute path of a plugin that is named by path; names of packages stay. */
export function pluginPath(place: Place, name: string): string {
  return /^\.{0,2}\//.test(name) ? besideFile(place, name) : name;
}
