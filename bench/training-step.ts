/**
 * A whole training step of a pipeline (gradients, clipping, Adam, read-back) on every engine present, side by side: rounds visit the engines in
 * turn, so that other work on the machine hits all alike. Prints median and spread on the clock and of processor time, the memory that a step takes at its worst moment,
 * and the tensors that a step leaves behind.
 *
 *     node --import tsx bench/training-step.ts [--engines wasm,tensorflow] [--pipeline train-full] [--profile small] [--rounds 7]
 *         [--set train.batch=2] [--operators] [--pytorch PYTHON]
 *
 * `--operators` adds where the time goes, by groups of kernels (the same for PyTorch) and kernel by kernel. `--pytorch` names a Python with torch, numpy: the same step is timed there,
 * in the same rounds, for `--pipeline ablation-no-blend` (bench/pytorch/training_step.py says what is included).
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { peakBytes, probeEngines, tf, type EngineName } from '../framework/device/index.js';
import { busy, profileKernels } from './support/profile-kernels.js';
import { groupTimes } from './support/operator-groups.js';
import { openPyTorch, type PyTorchStep, type StepTime } from './support/pytorch.js';
import { openTrainingStep, type TrainingStep } from './support/training.js';
import { median, spread } from './support/statistics.js';

const { values } = parseArgs({
  options: {
    engines: { type: 'string' }, pipeline: { type: 'string', default: 'train-full' }, profile: { type: 'string', default: 'small' },
    rounds: { type: 'string', default: '7' }, set: { type: 'string', multiple: true }, operators: { type: 'boolean' }, pytorch: { type: 'string' },
  },
});

interface Contender {
  readonly name: string;
  readonly times: StepTime[];
  step(): Promise<StepTime>;
}

const wanted = values.engines?.split(',') ?? (await probeEngines()).filter(({ present, name }) => present && name !== 'cpu').map(({ name }) => name);
const opened: TrainingStep[] = [];
for (const engine of wanted) {
  opened.push(await openTrainingStep({ engine: engine as EngineName, pipeline: values.pipeline, profile: values.profile, set: values.set }));
}
const first = opened[0]!;
process.stdout.write(
  `${values.pipeline}, profile ${values.profile}, batch ${first.batch.keys.length}, micro-batch ${first.plan.train!.microBatch}, ` +
  `${first.program.variables.length} variables\n${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}, load before ${loadavg()[0]!.toFixed(1)}\n`,
);

for (const training of opened) await reportMemory(training);
let pytorch: PyTorchStep | undefined;
if (values.pytorch) {
  await tf.setBackend(first.engine.name);
  pytorch = await openPyTorch(values.pytorch, first);
  process.stdout.write(`${pytorch.description}\n`);
}
const contenders: Contender[] = opened.map((training) => ({ name: training.engine.name, times: [], step: () => timed(training) }));
if (pytorch) contenders.push({ name: 'pytorch', times: [], step: () => pytorch!.step() });
for (let round = 0; round <= Number(values.rounds); round++) {
  for (const contender of contenders) {
    const time = await contender.step();
    if (round > 0) contender.times.push(time); // the first warms up
  }
}
const reference = contenders.at(-1)!;
for (const { name, times } of contenders) {
  const report = (kind: keyof StepTime): string => {
    const own = times.map((time) => time[kind]);
    const ratio = median(own.map((time, round) => time / reference.times[round]![kind]));
    return `${kind} ${median(own).toFixed(0).padStart(6)} ms (${spread(own)}), ${ratio.toFixed(2)} × ${reference.name}`;
  };
  process.stdout.write(`${name.padEnd(12)} ${report('wall')};  ${report('processor')}\n`);
}
process.stdout.write(`load after ${loadavg()[0]!.toFixed(1)}\n`);
if (values.operators) {
  for (const training of opened) await reportOperators(training);
  if (pytorch) await reportGroups(pytorch, median(reference.times.map(({ processor }) => processor)));
}
for (const training of opened) {
  await tf.setBackend(training.engine.name);
  await training.close();
}
await pytorch?.close();

async function timed(training: TrainingStep): Promise<StepTime> {
  await tf.setBackend(training.engine.name);
  const [start, spent] = [performance.now(), busy()];
  await training.step();
  return { wall: performance.now() - start, processor: busy() - spent };
}

/** Bytes at the worst moment of a step beyond what stays, and tensors after a step minus before. */
async function reportMemory(training: TrainingStep): Promise<void> {
  await tf.setBackend(training.engine.name);
  const loss = await training.step();
  const before = tf.memory();
  const { result, bytes } = peakBytes(() => training.gradients());
  tf.dispose([result.loss, ...Object.values(result.gradients), ...Object.values(result.outputs)]);
  const left = tf.memory().numTensors - before.numTensors;
  process.stdout.write(
    `${training.engine.describe()}: first loss ${loss.toPrecision(7)}, holds ${mebibytes(before.numBytes)}, a step adds ${mebibytes(bytes)} at most, ` +
    `tensors ${before.numTensors}, after a step ${left >= 0 ? '+' : ''}${left}\n`,
  );
}

async function reportOperators(training: TrainingStep): Promise<void> {
  await tf.setBackend(training.engine.name);
  const profile = profileKernels();
  const rounds = 3;
  const start = busy();
  for (let round = 0; round < rounds; round++) {
    profile.beginStep();
    await training.step(() => profile.endGradients());
  }
  const whole = (busy() - start) / rounds;
  const rows = [...profile.rows.values()].sort((left, right) => right.milliseconds - left.milliseconds);
  const groups = groupTimes(rows);
  const inKernels = rows.reduce((sum, row) => sum + row.milliseconds / rounds, 0);
  process.stdout.write(`\n${training.engine.name}: ${whole.toFixed(0)} processor ms a step with the profiler, ${inKernels.toFixed(0)} of them in kernels\n`);
  for (const [group, { calls, milliseconds }] of groups) process.stdout.write(row('', group, calls / rounds, milliseconds / rounds));
  process.stdout.write(row('', 'outside kernels', 0, whole - inKernels));
  for (const { kernel, phase, calls, milliseconds } of rows.slice(0, 40)) {
    process.stdout.write(row(phase, kernel, calls / rounds, milliseconds / rounds));
  }
}

/** Its profiler reads the clock, so shares of the step's processor time are given. */
async function reportGroups(step: PyTorchStep, processor: number): Promise<void> {
  process.stdout.write(`\npytorch: ${processor.toFixed(0)} processor ms a step\n`);
  for (const [group, calls, share] of await step.groups()) process.stdout.write(row('', group, calls, share * processor));
}

function row(phase: string, kernel: string, calls: number, milliseconds: number): string {
  return `  ${phase.padEnd(9)} ${kernel.padEnd(46)} ${calls.toFixed(0).padStart(5)} × ${milliseconds.toFixed(1).padStart(8)} ms\n`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
