/** Training as an activity of a run: data, optimiser, logs and checkpoints put around the loop, and taken down again. */
import { digestOf } from '../flow/digest.js';
import { FlowError } from '../errors/flow-error.js';
import { openBatches, type BatchStream } from '../flow/open-batches.js';
import type { PlannedSection } from '../pipeline/plan.js';
import { openRunLogs, readTimings, type RunLogs } from '../run/metrics.js';
import { shortNumber } from '../run/chart.js';
import { createAdam, type Adam } from './adam.js';
import type { TrainingProgram } from './program.js';
import { openReplicas, type Replicas } from './replicas/replicas.js';
import { openCheckpoints } from './checkpoint.js';
import { restore, train, type LoopEvents, type TrainOutcome } from './loop.js';
import { checkedForMemory } from './memory-check.js';
import type { Session } from './session.js';
import { validationOf } from './validation.js';
import { exportWeights } from './weights.js';

export interface TrainingResult extends TrainOutcome {
  /** Hash of the keys of the training samples. */
  readonly dataDigest: string;
}

/** Trains from the session's start. Throws what the loop and the streams throw; logs and checkpoints are then whole. */
export async function runTraining(session: Session): Promise<TrainingResult> {
  const { plan, programs, folder, start, services } = session;
  const settings = plan.train!;
  const section = lossSection(session);
  const program = programs.of(section);
  const adam = createAdam(program.variables, { ...settings.optimizer, clipNorm: settings.clipNorm, factors: settings.learningRates });
  const logs = openRunLogs(folder.path);
  let batches: BatchStream | undefined;
  let replicas: Replicas | undefined;
  try {
    logs.cutBack(start?.state.offsets ?? {});
    if (start) restore(programs.variables.list(), adam, start);
    const sections = programs.runners({ ...plan.trainGraph!, sections: plan.trainGraph!.sections.filter((other) => other !== section) });
    batches = await openBatches(plan, plan.trainGraph!, { services, section, sections, start: start?.state.cursor });
    checkSamples(session, batches);
    replicas = await replicasOf(session, section, program);
    const outcome = await train({ ...partsOf(session, adam, logs, batches), program, source: replicas, batches: checkedForMemory(batches, program, settings, session.engine, (line) => session.progress.say(line)) });
    if (outcome.reason === 'finished') {
      await exportWeights(folder.file('weights.safetensors'), programs.variables.list(), { pipeline: plan.name, run: folder.name, step: String(outcome.step) });
    }
    return { ...outcome, dataDigest: digestOf(batches.keys) };
  } finally {
    await replicas?.close();
    await batches?.close();
    logs.close();
    adam.dispose();
  }
}

/** Other threads that compute gradients, where the plan asks for them and they have something to do. */
async function replicasOf({ plan, engine, services, progress }: Session, section: PlannedSection, program: TrainingProgram): Promise<Replicas | undefined> {
  const { replicas: count, batch, microBatch } = plan.train!;
  const why = count === 1 ? '' : !engine.replicable ? `${engine.name} has threads of its own` : microBatch === batch ? 'set train.microBatch to a part of train.batch' : '';
  if (why) progress.say(`train.replicas is not used: ${why}`);
  if (count === 1 || why) return undefined;
  return openReplicas({
    plan, section, program, engine, count: Math.min(count, batch / microBatch), plugins: services.plugins, cacheRoot: services.cacheRoot, log: (line) => progress.say(line),
  });
}

function partsOf(session: Session, adam: Adam, logs: RunLogs, batches: BatchStream) {
  const { plan, programs, folder, start, engine, interrupts } = session;
  return {
    plan: plan.train!, adam, logs, start,
    variables: programs.variables.list(),
    epochLength: batches.epochLength,
    identity: { seed: plan.seed, engine: engine.name, planDigest: plan.digest, dataDigest: digestOf(batches.keys) },
    checkpoints: openCheckpoints(folder.checkpoints, plan.train!.checkpoint.keep),
    refusedKeys: () => batches.refusedKeys(),
    validation: validationOf(session),
    events: eventsFor(session),
    settleAtOnce: engine.readsSynchronously,
    interrupted: () => interrupts.interrupted(),
    elapsedBefore: readTimings(folder.path).at(-1)?.elapsed,
  };
}

/** Other samples would be visited in another order than the interrupted run meant to. */
function checkSamples({ start, engine, folder, progress }: Session, { keys }: BatchStream): void {
  if (!start) return;
  if (start.state.dataDigest !== digestOf(keys)) {
    throw new FlowError('FLOW_RUN_STATE', {
      message: `The training samples are not those that the run "${folder.name}" began with.`, who: folder.name, got: `${keys.length} samples now`,
      cure: 'Bring back the data of the run, or start a new run and load the weights with `weights:`.',
    });
  }
  if (start.state.engine !== engine.name) {
    progress.say(`the checkpoint was made on ${start.state.engine}: from here on, numbers differ in their last digits from an uninterrupted run`);
  }
}

function lossSection({ plan }: Session): PlannedSection {
  const loss = plan.train!.loss;
  return plan.trainGraph!.sections.find(({ stages }) => stages.includes(loss.slice(0, loss.lastIndexOf('.'))))!;
}

function eventsFor({ progress, plan }: Session): LoopEvents {
  return {
    step: (metrics, done) => progress.update({ step: metrics.step, loss: metrics.values[plan.train!.loss] ?? null, done }),
    validation: ({ step, samples, values }, isBest) => {
      const shown = Object.entries(values).map(([name, value]) => `${name} ${value === null ? 'not finite' : shortNumber(value)}`);
      progress.say(`validation after step ${step}, ${samples} samples: ${shown.join(', ')}${isBest ? ' (best so far)' : ''}`);
    },
  };
}
