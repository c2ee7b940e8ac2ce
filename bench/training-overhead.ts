/**
 * What the framework adds to a training step: the example's loop through streams, logs and checkpoints, against a hand-written
 * loop over the same device program, optimiser and batches. CPU time, since other work may share the machine.
 *
 *     node --import tsx bench/training-overhead.ts [steps]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tf, useEngine } from '../framework/device/index.js';
import { openBatches } from '../framework/flow/open-batches.js';
import { openServices } from '../framework/flow/services.js';
import { loadPipeline } from '../framework/pipeline/index.js';
import { openRunLogs } from '../framework/run/metrics.js';
import { createAdam, readVerdict } from '../framework/train/adam.js';
import { openCheckpoints } from '../framework/train/checkpoint.js';
import { train } from '../framework/train/loop.js';
import type { TrainBatch } from '../framework/train/program.js';
import { buildPrograms } from '../framework/train/programs.js';

const steps = Number(process.argv[2] ?? 60);
const file = fileURLToPath(new URL('../framework/example/pipeline.yaml', import.meta.url));
// Wide enough that a step takes as long as a small network's.
const settings = ['graphs.ground.stages.hidden.with.units=40960', 'train.batch=16', 'train.microBatch=16', `train.stop.steps=${steps}`, 'train.checkpoint.every.steps=1000'];

const folder = mkdtempSync(join(tmpdir(), 'flow-bench-'));
const { plan, registry } = await loadPipeline({ file, set: settings, builtin: async () => [] });
const engine = await useEngine('wasm');
const services = openServices(plan, { plugins: registry, cacheRoot: join(folder, 'cache') });
const programs = await buildPrograms(plan, [plan.trainGraph!], services);
const program = programs.of(plan.trainGraph!.sections[0]!);
const { optimizer, clipNorm, learningRates, loss, log } = plan.train!;
const newAdam = () => createAdam(program.variables, { ...optimizer, clipNorm, factors: learningRates });

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const from = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000 / steps;
}

async function throughFramework(name: string): Promise<void> {
  const batches = await openBatches(plan, plan.trainGraph!, { services });
  const logs = openRunLogs(join(folder, name));
  const adam = newAdam();
  await train({
    plan: plan.train!, program, variables: program.variables, adam, batches, epochLength: batches.epochLength, logs,
    identity: { seed: plan.seed, engine: engine.name, planDigest: plan.digest, dataDigest: '' }, settleAtOnce: engine.readsSynchronously,
    checkpoints: openCheckpoints(join(folder, name), 1),
  });
  await batches.close();
  logs.close();
  adam.dispose();
}

async function byHand(batches: readonly TrainBatch[]): Promise<void> {
  const adam = newAdam();
  for (const batch of batches) {
    const result = program.valueAndGradients(batch, loss, log);
    const verdict = await readVerdict(adam.apply(result.gradients, result.loss, optimizer.learningRate));
    if (verdict.finite) adam.count();
    for (const tensor of [result.loss, ...Object.values(result.outputs)]) await tensor.data();
    tf.dispose([result.loss, ...Object.values(result.gradients), ...Object.values(result.outputs)]);
  }
  adam.dispose();
}

const stream = await openBatches(plan, plan.trainGraph!, { services });
const ready: TrainBatch[] = [];
for (let index = 0; index < steps; index++) ready.push((await stream.next()).value as TrainBatch);
await stream.close();
const ratios: number[] = [];
for (let round = 0; round <= 5; round++) {
  const hand = await milliseconds(() => byHand(ready));
  const framework = await milliseconds(() => throughFramework(`round-${round}`));
  if (round > 0) ratios.push(framework / hand); // the first round warms up
  console.log(`${round === 0 ? 'warm-up' : `round ${round}`}: by hand ${hand.toFixed(2)} ms, framework ${framework.toFixed(2)} ms a step`);
}
ratios.sort((left, right) => left - right);
console.log(`median ratio ${ratios[2]!.toFixed(3)}`);
await services.close();
rmSync(folder, { recursive: true });
