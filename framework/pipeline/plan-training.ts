/** The train and validate blocks: references resolved, defaults filled in, everything checked against the graph. */
import type { Place } from '../errors/flow-error.js';
import { splitReference, type Compilation } from './compilation.js';
import { completeOptions } from './check-options.js';
import type { Path } from './document.js';
import type { ExpandedPipeline } from './expand-graphs.js';
import { listNames, suggestion } from './nearest-name.js';
import type { PlannedPort, PlannedStage, PortReference, TrainPlan, ValidatePlan } from './plan.js';
import { describePort } from './port-text.js';
import { resolveOutput } from './resolve-references.js';
import type { TrainDefinition, ValidateDefinition } from './schema.js';

type Stages = ReadonlyMap<string, PlannedStage>;

const defaultBatch = 8;

/** The train block, complete; undefined when its loss is not one. */
export function planTraining(compilation: Compilation, pipeline: ExpandedPipeline, stages: Stages, train: TrainDefinition): TrainPlan | undefined {
  const loss = outputOf(compilation, pipeline, stages, train.loss, ['train', 'loss']);
  const log = train.log?.map((reference, index) => scalarOf(compilation, pipeline, stages, reference, ['train', 'log', index]));
  const learningRates = planLearningRates(compilation, stages, train.learningRates ?? {});
  const batch = train.batch ?? defaultBatch;
  const microBatch = Math.min(train.microBatch ?? batch, batch);
  if (batch % microBatch !== 0) {
    compilation.problems.add('FLOW_TRAIN', {
      message: `microBatch ${microBatch} does not divide batch ${batch}`, where: compilation.place(['train', 'microBatch']), cure: 'gradients are accumulated over batch / microBatch equal parts',
    });
  }
  if (!loss || !isLoss(compilation, stages, loss)) return undefined;
  const { learningRate = 1e-4, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = train.optimizer?.adam ?? {};
  return {
    loss, optimizer: { learningRate, beta1, beta2, epsilon },
    learningRates,
    decay: train.decay ? { factor: train.decay.factor, every: train.decay.every === 'epoch' ? { epochs: 1 } : train.decay.every } : { factor: 1, every: { epochs: 1 } },
    clipNorm: train.clip?.norm ?? 0, batch, microBatch, replicas: train.replicas ?? 1, stop: train.stop,
    checkpoint: { everySteps: train.checkpoint?.every?.steps ?? 200, keep: train.checkpoint?.keep ?? 3 },
    onNonFinite: train.onNonFinite ?? 'fail',
    log: (log ?? []).filter((reference) => reference !== undefined),
    place: compilation.keyPlace(['train']),
  };
}

/** Every output whose meaning is `loss`, of the stages given. */
export function lossOutputs(stages: Stages, names: readonly string[]): PortReference[] {
  return names.flatMap((name) => {
    const { outputPorts } = stages.get(name)!;
    return Object.entries(outputPorts).filter(([, port]) => port.meaning === 'loss').map(([port]) => `${name}.${port}`);
  });
}

/** The validate block, complete but for the options of its sources (`validationSources`). */
export function planValidation(compilation: Compilation, pipeline: ExpandedPipeline, stages: Stages, validate: ValidateDefinition): ValidatePlan {
  const found = (validate.metrics ?? []).map((reference, index) => scalarOf(compilation, pipeline, stages, reference, ['validate', 'metrics', index]));
  const metrics = found.filter((reference) => reference !== undefined);
  const best = planBest(compilation, pipeline, stages, validate.best);
  if (best && !metrics.includes(best.metric)) metrics.push(best.metric);
  return {
    sources: {}, everySteps: validate.every?.steps ?? 200, samples: validate.samples ?? 0, metrics, best: best ?? null,
    place: compilation.keyPlace(['validate']),
  };
}

/** Options of the sources with what `validate.source` changes; an option goes to every source that knows it. */
export function validationSources(compilation: Compilation, stages: Stages, names: readonly string[], changes: Readonly<Record<string, unknown>>): ValidatePlan['sources'] {
  const sources = names.map((name) => stages.get(name)!).filter(({ contract }) => contract.kind === 'source');
  const known = new Set(sources.flatMap(({ contract }) => Object.keys(contract.options.properties)));
  for (const key of Object.keys(changes).filter((each) => !known.has(each))) {
    compilation.problems.add('FLOW_OPTION', {
      who: 'validate.source', message: `no source has an option "${key}"`, where: compilation.keyPlace(['validate', 'source', key]),
      expected: known.size > 0 ? `one of ${listNames(known)}` : 'no option: nothing that is validated has a source', cure: suggestion(key, known),
    });
  }
  const result: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const { name, use, contract, options } of sources) {
    const own = Object.fromEntries(Object.entries(changes).filter(([key]) => Object.hasOwn(contract.options.properties, key)));
    const complete = completeOptions(compilation, contract.options, { ...options, ...own }, ['validate', 'source'], `${name}: ${use}`);
    if (complete) result[name] = complete;
  }
  return result;
}

function planBest(compilation: Compilation, pipeline: ExpandedPipeline, stages: Stages, best: ValidateDefinition['best']): ValidatePlan['best'] | undefined {
  if (best === undefined) return undefined;
  const path = typeof best === 'string' ? ['validate', 'best'] : ['validate', 'best', 'metric'];
  const metric = scalarOf(compilation, pipeline, stages, typeof best === 'string' ? best : best.metric, path);
  if (metric === undefined) return undefined;
  const { meaning } = portOf(stages, metric)!;
  return { metric, mode: typeof best === 'string' ? (/^(loss|error|distance)\b/.test(meaning) ? 'min' : 'max') : best.mode };
}

function isLoss(compilation: Compilation, stages: Stages, loss: PortReference): boolean {
  const port = portOf(stages, loss)!;
  const stage = stages.get(splitReference(loss).name)!;
  if (stage.contract.kind === 'device' && port.meaning === 'loss' && port.shape?.length === 0) return true;
  compilation.problems.add('FLOW_TRAIN', {
    who: 'train.loss', message: `${loss} cannot be trained on`, where: compilation.place(['train', 'loss']), also: stage.place,
    expected: 'an output of a device stage: loss float32[]', got: `${describePort(port)} of a ${stage.contract.kind} stage`,
  });
  return false;
}

/** An output with one number a sample, or a problem. */
function scalarOf(compilation: Compilation, pipeline: ExpandedPipeline, stages: Stages, reference: string, path: Path): PortReference | undefined {
  const output = outputOf(compilation, pipeline, stages, reference, path);
  const port = output === undefined ? undefined : portOf(stages, output);
  if (!port || (port.kind === 'tensor' && port.shape?.length === 0)) return output;
  compilation.problems.add('FLOW_TRAIN', {
    who: path.slice(0, 2).join('.'), message: `${reference} is not one number for each sample`, where: compilation.place(path),
    expected: 'a tensor of shape []', got: describePort(port),
  });
  return undefined;
}

function outputOf(compilation: Compilation, pipeline: ExpandedPipeline, stages: Stages, reference: string, path: Path): PortReference | undefined {
  const who = path.slice(0, 2).join('.');
  const target = resolveOutput(compilation, pipeline, reference, path, who);
  const stage = target && stages.get(target.stage.name);
  if (!target || !stage) return undefined;
  if (Object.hasOwn(stage.outputPorts, target.port)) return `${stage.name}.${target.port}`;
  const names = Object.keys(stage.outputPorts);
  compilation.problems.add('FLOW_EDGE', {
    who, message: `${stage.name} (${stage.use}) has no output "${target.port}"`, where: compilation.place(path),
    expected: `one of ${listNames(names)}`, cure: suggestion(target.port, names),
  });
  return undefined;
}

function portOf(stages: Stages, reference: PortReference): PlannedPort | undefined {
  const { name, port } = splitReference(reference);
  return stages.get(name)?.outputPorts[port!];
}

/** Factors by scope; `graph.stage` means the scope `graph/stage`. */
function planLearningRates(compilation: Compilation, stages: Stages, factors: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(factors).map(([key, factor]) => {
    const scope = key.replaceAll('.', '/');
    checkScope(compilation, stages, scope, ['train', 'learningRates', key]);
    return [scope, factor];
  }));
}

/** A prefix of variable names: a graph, a graph's stage, a stage, or a part of one. */
export function checkScope(compilation: Compilation, stages: Stages, scope: string, path: Path): Place {
  const where = compilation.keyPlace(path);
  const scopes = [...new Set([...stages.values()].map((stage) => stage.scope))];
  const known = scopes.some((each) => each === scope || each.startsWith(`${scope}/`) || scope.startsWith(`${each}/`));
  const graphs = scopes.filter((each) => each.includes('/')).map((each) => each.slice(0, each.indexOf('/')));
  const names = new Set([...graphs, ...scopes]);
  if (!known) {
    compilation.problems.add('FLOW_STAGE_UNKNOWN', {
      message: `no stage or graph has variables under "${scope}"`, where, expected: `one of ${listNames(names)}`, cure: suggestion(scope, names),
    });
  }
  return where;
}
