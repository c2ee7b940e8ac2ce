import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tf } from '../../device/index.js';
import type { FlowError } from '../../errors/flow-error.js';
import { readLines, readStepMetrics, readValidationMetrics } from '../../run/metrics.js';
import { findRun } from '../../run/run-folder.js';
import { killRun, outcomeOf as outcomeOfRun } from '../../run/test/killed-runs.js';
import { openCheckpoints } from '../../train/checkpoint.js';
import { runPipeline, type RunOptions, type RunResult } from '../../run-pipeline.js';
import { randomFor } from '../../values/random.js';

const file = fileURLToPath(new URL('../pipeline.yaml', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'flow-example-'));
test.after(() => rmSync(root, { recursive: true }));

/** Some places are outside the smaller square, so samples are refused on the way. */
const settings = ['train.stop.steps=90', 'stages.scatter.every.steps=80', 'train.checkpoint.every.steps=20', 'validate.every.steps=40', 'stages.standardise.with.size=3.8', 'workers=1'];

function optionsIn(folder: string, more: Partial<RunOptions> = {}): RunOptions {
  return { file, runsFolder: join(root, folder), cacheRoot: join(root, 'cache'), name: 'toy', device: 'wasm', quiet: true, set: settings, ...more };
}

function runHere(folder: string, more: Partial<RunOptions> = {}): Promise<RunResult> {
  return runPipeline({ ...optionsIn(folder, more), builtin: async () => [] });
}

const runFolder = (folder: string): string => join(root, folder, 'pipeline', 'toy');
const outcomeOf = (folder: string): Record<string, unknown> => outcomeOfRun(runFolder(folder), 'table');

test('trains from YAML alone: the loss falls, held-out points improve, everything is in the folder', async () => {
  const result = await runHere('straight');
  assert.is(result.exitCode, 0);
  const steps = readStepMetrics(result.folder);
  const mean = (values: (number | null)[]): number => values.reduce<number>((sum, value) => sum + value!, 0) / values.length;
  const losses = steps.map(({ values }) => values['total.loss']!);
  assert.ok(mean(losses.slice(-10)) < mean(losses.slice(0, 5)) / 5);
  assert.equal(Object.keys(steps[0]!.values), ['total.loss', 'error.value', 'smoothness.value']);
  const validations = readValidationMetrics(result.folder);
  assert.equal(validations.map(({ step }) => step), [0, 40, 80, 90]);
  assert.ok(validations.at(-1)!.values['error.value']! < validations[0]!.values['error.value']! / 5);
  for (const name of ['pipeline.yaml', 'origins.json', 'run.json', 'trace.json', 'report.html', 'quarantine.jsonl', 'weights.safetensors', 'samples/table']) {
    assert.ok(existsSync(join(result.folder, name)), name);
  }
  assert.equal(readdirSync(join(result.folder, 'samples', 'scatter')).sort(), ['step-0.png', 'step-80.png'], 'a sink with `every` leaves occasions out');
  assert.equal(readdirSync(join(result.folder, 'checkpoints')).sort(), ['best.safetensors', 'step-00000080.safetensors', 'step-00000090.safetensors']);
  assert.is(findRun(join(root, 'straight'), 'toy').readRecord().state, 'finished');
});

test('killed at any moment and resumed: the same weights, logs and samples as uninterrupted', async () => {
  const random = randomFor('kill', Date.now());
  for (const [kills, steps] of [1, 45].entries()) {
    await killRun({ ...optionsIn('killed', { resume: kills > 0 }), withoutPlugins: true }, runFolder('killed'), steps, random.between(0, 80));
  }
  await runHere('killed', { resume: true });
  assert.equal(outcomeOf('killed'), outcomeOf('straight'));
});

test('Ctrl-C finishes the step, saves and exits with 130; the resumed run equals an uninterrupted one', async () => {
  const running = runHere('interrupted');
  while (readLines(join(root, 'interrupted', 'pipeline', 'toy', 'metrics.jsonl')).length < 10) await sleep(5);
  process.kill(process.pid, 'SIGINT');
  const { exitCode, step, folder } = await running;
  assert.is(exitCode, 130);
  assert.is(findRun(join(root, 'interrupted'), 'toy').readRecord().state, 'interrupted');
  assert.is(readStepMetrics(folder).at(-1)!.step, step);
  await runHere('interrupted', { resume: true });
  assert.equal(outcomeOf('interrupted'), outcomeOf('straight'));
});

test('a disk that fills up while a checkpoint is written is FLOW_DISK; what was finished stays, and the run goes on from it', async () => {
  const running = runHere('full');
  while (readLines(join(root, 'full', 'pipeline', 'toy', 'metrics.jsonl')).length < 5) await sleep(5);
  process.kill(process.pid, 'SIGINT');
  const { folder } = await running;
  const part = join(folder, 'checkpoints', `.step-00000040.safetensors.${process.pid}.part`);
  symlinkSync('/dev/full', part);
  const error = await runHere('full', { resume: true }).then(() => assert.unreachable(), (reason: FlowError) => reason) as FlowError;
  assert.is(error.code, 'FLOW_DISK');
  assert.match(error.message, /no space is left/);
  assert.is(findRun(join(root, 'full'), 'toy').readRecord().state, 'failed');
  await runHere('full', { resume: true });
  assert.equal(outcomeOf('full'), outcomeOf('straight'));
});

test('another pipeline cannot resume the run, a longer one can', async () => {
  const refused = async (set: string[]): Promise<FlowError> => runHere('straight', { resume: true, set }).then(() => assert.unreachable(), (error: FlowError) => error) as Promise<FlowError>;
  const error = await refused([...settings, 'train.optimizer.adam.learningRate=0.5']);
  assert.is(error.code, 'FLOW_RUN_STATE');
  assert.match(error.describe(), /train\.optimizer\.adam\.learningRate: 0\.02 → 0\.5/);
  const result = await runHere('straight', { resume: true, set: [...settings, 'train.stop.steps=100'] });
  assert.is(result.step, 100);
});

test('other samples cannot continue the run', async () => {
  const store = openCheckpoints(join(root, 'full', 'pipeline', 'toy', 'checkpoints'), 2);
  const { checkpoint } = store.latest();
  store.save({ ...checkpoint!, state: { ...checkpoint!.state, dataDigest: 'of other samples' } });
  const error = await runHere('full', { resume: true }).then(() => assert.unreachable(), (reason: FlowError) => reason) as FlowError;
  assert.is(error.code, 'FLOW_RUN_STATE');
  assert.match(error.message, /not those that the run "toy" began with/);
});

test('the best weights predict the test points, as they did in validation', async () => {
  const predict = fileURLToPath(new URL('../predict.yaml', import.meta.url));
  const { folder, finished, refused } = await runHere('straight', { file: predict, set: ['stages.standardise.with.size=3.8'], parameters: { weights: 'run:pipeline/toy/best' } });
  const step = findRun(join(root, 'straight'), 'pipeline/toy').readRecord().best!.step;
  const lines = (path: string): string[] => readFileSync(path, 'utf8').trim().split('\n');
  const validated = lines(join(root, 'straight', 'pipeline', 'toy', 'samples', 'table', `step-${step}.csv`));
  assert.equal(lines(join(folder, 'samples', 'table', 'step-0.csv')), validated);
  assert.is(finished! + refused!, 60);
});

test('the best weights of a run start another', async () => {
  const derived = join(root, 'derived.yaml');
  writeFileSync(derived, `extends: ${file}\nweights: { ground: run:toy/best }\n`);
  const { folder } = await runHere('straight', { file: derived, set: [...settings, 'train.stop.steps=1'] });
  const best = findRun(join(root, 'straight'), 'pipeline/toy').readRecord().best!;
  assert.is(readValidationMetrics(folder)[0]!.values['error.value'], best.value);
});

test('no run leaves a tensor behind', async () => {
  await runHere('leaks', { name: 'first', set: [...settings, 'train.stop.steps=2'] });
  const before = tf.memory().numTensors;
  await runHere('leaks', { name: 'second', set: [...settings, 'train.stop.steps=41'] });
  assert.is(tf.memory().numTensors, before);
});

test.run();
