/** Gradients of a batch by several copies of the device section, each in a thread with an engine of its own. */
import { tf, type Engine } from '../../device/index.js';
import { resourceAddress, moduleOf, type PluginSources } from '../../flow/stage-recipe.js';
import type { Plan, PlannedSection } from '../../pipeline/plan.js';
import type { DeviceBatch, LossAndGradients, TrainingProgram } from '../program.js';
import { addPart, gradientsOf, partOf, splitBatch, type GradientSource, type StepRequest } from '../step.js';
import type { ReplicaRecipe } from './messages.js';
import { Replica, slotsOfReplica } from './replica.js';
import { SharedNumbers, type NamedShape } from './shared-numbers.js';

export interface ReplicaOptions {
  readonly plan: Plan;
  readonly section: PlannedSection;
  readonly program: TrainingProgram;
  readonly plugins: PluginSources;
  readonly engine: Engine;
  readonly cacheRoot: string;
  /** Threads that compute gradients, the training thread included. */
  readonly count: number;
  readonly log: (line: string) => void;
}

/** A source of gradients that owns threads. */
export interface Replicas extends GradientSource {
  close(): Promise<void>;
}

/**
 * Part p of a batch is computed by replica p mod count; the training thread is replica 0. Parts are summed in their order, whoever
 * was ready first, so the result equals that of one thread with the same micro-batch, bit for bit on deterministic engines.
 */
export async function openReplicas(options: ReplicaOptions): Promise<Replicas> {
  const { program } = options;
  const shapes = (trainedOnly: boolean): NamedShape[] =>
    program.variables.filter(({ trainable }) => trainable || !trainedOnly).map(({ name, variable }) => ({ name, shape: variable.shape }));
  const weights = new SharedNumbers(shapes(false));
  const replicas = Array.from({ length: options.count - 1 }, (_, index) => {
    const slots = Array.from({ length: slotsOfReplica }, () => new SharedNumbers(shapes(true)).buffer);
    return new Replica({ ...recipeOf(options), variables: shapes(false), trained: shapes(true), weights: weights.buffer, slots }, `replica ${index + 1}`, options.log);
  });
  const close = async (): Promise<void> => void (await Promise.all(replicas.map((replica) => replica.close())));
  try {
    await Promise.all(replicas.map((replica) => replica.ready()));
  } catch (error) {
    await close();
    throw error;
  }
  let version = 0;
  return {
    close,
    gradients: async (batch, request) => {
      const parts = splitBatch(batch, request.microBatch);
      if (parts.length === 1) return gradientsOf(program, batch, request);
      version++;
      for (const { name, variable } of program.variables) weights.view(name).set(await variable.data<'float32'>());
      return sumOfParts(program, replicas, { parts, version, request, samples: batch.keys.length });
    },
  };
}

interface Work {
  readonly parts: readonly DeviceBatch[];
  readonly version: number;
  readonly request: StepRequest;
  readonly samples: number;
}

async function sumOfParts(program: TrainingProgram, replicas: readonly Replica[], { parts, version, request, samples }: Work): Promise<LossAndGradients> {
  const count = replicas.length + 1;
  const slotOf = (part: number): number => Math.floor(part / count) % slotsOfReplica;
  const begin = (part: number): void => {
    if (part >= parts.length) return;
    replicas[(part % count) - 1]!.begin({ part, slot: slotOf(part), batch: ownBatch(parts[part]!), version, loss: request.loss, log: request.log });
  };
  for (let part = 0; part < Math.min(parts.length, slotsOfReplica * count); part++) if (part % count > 0) begin(part);
  let total: LossAndGradients | undefined;
  try {
    for (const [index, part] of parts.entries()) {
      const local = index % count === 0;
      const result = local ? partOf(program, part, request) : await replicas[(index % count) - 1]!.take(index, slotOf(index));
      total = addPart(total, result, part.keys.length / samples);
      if (!local) begin(index + slotsOfReplica * count);
    }
    return total!;
  } catch (error) {
    if (total) tf.dispose([total.loss, ...Object.values(total.outputs), ...Object.values(total.gradients)]);
    throw error;
  }
}

/** A copy that shares no buffer with other parts, since a message carries whole buffers. */
function ownBatch(batch: DeviceBatch): DeviceBatch {
  const { keys, epoch, epochs } = batch;
  const inputs = Object.fromEntries(Object.entries(batch.inputs).map(([port, value]) => [port, { ...value, data: value.data.slice() as typeof value.data }]));
  return { keys, epoch, epochs, inputs };
}

function recipeOf({ plan, section, plugins, engine, cacheRoot }: ReplicaOptions): Pick<ReplicaRecipe, 'engine' | 'seed' | 'cacheRoot' | 'section' | 'stages' | 'resources'> {
  const planned = section.stages.map((name) => plan.stages.get(name)!);
  const resources = new Set(planned.flatMap((stage) => Object.values(stage.resources)));
  return {
    engine: engine.name, seed: plan.seed, cacheRoot, section,
    stages: planned.map(({ contract: _contract, ...stage }) => ({ planned: stage, module: moduleOf(stage.use, plugins) })),
    resources: [...resources].map((name) => resourceAddress(plan.resources.get(name)!, plugins)),
  };
}
