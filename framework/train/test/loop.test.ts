import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tf, useEngine } from '../../device/index.js';
import type { FlowError } from '../../errors/flow-error.js';
import type { TrainPlan } from '../../pipeline/plan.js';
import { openRunLogs, readStepMetrics, readTimings, readValidationMetrics, type StepMetrics } from '../../run/metrics.js';
import { permutationFor } from '../../values/random.js';
import { createAdam } from '../adam.js';
import { openCheckpoints } from '../checkpoint.js';
import { restore, train, type TrainingRun, type TrainOutcome } from '../loop.js';
import { batchesFrom, makeProgram, samples } from './linear-program.js';

const folders: string[] = [];
test.after(() => folders.forEach((path) => rmSync(path, { recursive: true })));
test.before(async () => void (await useEngine('wasm')));

function folder(): string {
  folders.push(mkdtempSync(join(tmpdir(), 'flow-loop-')));
  return folders.at(-1)!;
}

const basePlan: TrainPlan = {
  loss: 'loss.value', optimizer: { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, learningRates: {},
  decay: { factor: 0.9, every: { epochs: 1 } }, clipNorm: 0, batch: 6, microBatch: 6, replicas: 1, stop: { steps: 25 }, checkpoint: { everySteps: 4, keep: 2 },
  onNonFinite: 'fail', log: ['error.absolute'], place: { file: 'x.yaml', line: 1, column: 1 },
};

interface Options {
  readonly plan?: Partial<TrainPlan>;
  readonly poisoned?: readonly number[];
  readonly stopAfter?: number;
  readonly resume?: boolean;
  readonly extra?: Partial<TrainingRun>;
}

interface Result {
  readonly outcome: TrainOutcome;
  readonly weights: number[];
  readonly steps: StepMetrics[];
}

/** Runs the made-up program in a folder, from its latest checkpoint when resuming. */
async function runIn(path: string, options: Options = {}): Promise<Result> {
  const plan = { ...basePlan, ...options.plan };
  const program = makeProgram();
  const adam = createAdam(program.variables, { ...plan.optimizer, clipNorm: plan.clipNorm, factors: plan.learningRates });
  const [checkpoints, logs] = [openCheckpoints(join(path, 'checkpoints'), plan.checkpoint.keep), openRunLogs(path)];
  const start = options.resume ? checkpoints.latest().checkpoint : undefined;
  if (start) restore(program.variables, adam, start);
  logs.cutBack(start?.state.offsets ?? {});
  let asked = 0;
  try {
    const outcome = await train({
      plan, program, variables: program.variables, epochLength: samples, adam, logs, checkpoints, start, batches: batchesFrom(start?.state.cursor ?? { epoch: 0, position: 0 }, plan.batch, options.poisoned),
      identity: { seed: 1, engine: 'wasm', planDigest: 'd', dataDigest: 'k' }, interrupted: () => options.stopAfter !== undefined && asked++ >= options.stopAfter,
      ...options.extra,
    });
    const weights = program.variables.flatMap(({ variable }) => [...variable.dataSync()]);
    return { outcome, weights, steps: readStepMetrics(path) };
  } finally {
    logs.close();
    adam.dispose();
    program.dispose();
  }
}

test('training finds the line, logs every step, keeps two checkpoints, leaks nothing', async () => {
  const path = folder();
  await runIn(folder(), { plan: { stop: { steps: 2 } } });
  const before = tf.memory().numTensors;
  const { outcome, weights, steps } = await runIn(path, { plan: { stop: { steps: 150 }, decay: { factor: 0.99, every: { steps: 1 } } } });
  assert.is(tf.memory().numTensors, before);
  assert.equal(outcome, { reason: 'finished', step: 150, best: null });
  [1, -2, 3, 0.5].forEach((value, index) => assert.ok(Math.abs(weights[index]! - value) < 0.05, `${weights[index]} is not ${value}`));
  assert.equal(steps.map(({ step }) => step), Array.from({ length: 150 }, (_, index) => index + 1));
  assert.ok(steps.at(-1)!.values['loss.value']! < steps[0]!.values['loss.value']! / 100);
  assert.ok(Math.abs(steps[9]!.learningRate - 0.1 * 0.99 ** 9) < 1e-12);
  assert.is(readTimings(path).length, 150);
  assert.equal(readdirSync(join(path, 'checkpoints')).sort(), ['step-00000148.safetensors', 'step-00000150.safetensors']);
});

test('micro-batches, also unequal ones, give the full batch', async () => {
  const whole = await runIn(folder());
  const parts = await runIn(folder(), { plan: { microBatch: 4 } });
  whole.weights.forEach((value, index) => assert.ok(Math.abs(value - parts.weights[index]!) < 1e-4));
  whole.steps.forEach(({ values }, index) => {
    for (const [name, value] of Object.entries(values)) assert.ok(Math.abs(value! - parts.steps[index]!.values[name]!) < 1e-4, name);
  });
});

test('interrupted after any step and resumed: same weights and logs, byte for byte', async () => {
  const straight = folder();
  const expected = await runIn(straight);
  for (const stopAfter of [0, 1, 3, 4, 11, 24]) {
    const path = folder();
    const first = await runIn(path, { stopAfter });
    assert.is(first.outcome.reason, 'interrupted');
    assert.is(first.outcome.step, stopAfter);
    const second = await runIn(path, { resume: true });
    assert.equal(second.weights, expected.weights);
    assert.is(readFileSync(join(path, 'metrics.jsonl'), 'utf8'), readFileSync(join(straight, 'metrics.jsonl'), 'utf8'));
  }
});

test('stops by epochs, and the learning rate falls by epoch', async () => {
  const { outcome, steps } = await runIn(folder(), { plan: { stop: { epochs: 2 }, batch: 5 } });
  assert.is(outcome.step, (samples / 5) * 2);
  assert.equal([...new Set(steps.map(({ learningRate }) => learningRate))], [0.1, 0.1 * 0.9]);
});

test('stops by minutes', async () => {
  const { outcome } = await runIn(folder(), { plan: { stop: { minutes: 0.001 } } });
  assert.is(outcome.reason, 'finished');
  assert.ok(outcome.step > 0);
});

test('fail: names step, value and samples, and keeps the weights of the step before', async () => {
  const path = folder();
  const bad = permutationFor(samples, 'order', 0)[13]!;
  try {
    await runIn(path, { poisoned: [bad] });
    assert.unreachable();
  } catch (error) {
    const { code, fields } = error as FlowError;
    assert.is(code, 'FLOW_NON_FINITE');
    assert.ok(fields.keys!.includes(`s${bad}`));
    assert.match(fields.got!, /loss.value = NaN/);
  }
  assert.is(openCheckpoints(join(path, 'checkpoints'), 2).latest().checkpoint!.state.step, 2);
});

test('skipStep: the step is logged with its action, changes no weight, and training goes on exactly after a resume', async () => {
  const plan = { onNonFinite: 'skipStep' as const };
  const straight = folder();
  const expected = await runIn(straight, { plan, poisoned: [7] });
  const skipped = expected.steps.filter(({ action }) => action === 'skipStep');
  assert.ok(skipped.length >= 5);
  assert.is(skipped[0]!.values['loss.value'], null);
  assert.ok(expected.weights.every(Number.isFinite));
  const path = folder();
  await runIn(path, { plan, poisoned: [7], stopAfter: 9 });
  assert.equal((await runIn(path, { plan, poisoned: [7], resume: true })).weights, expected.weights);
});

test('rollback: back to the weights of the last checkpoint, exact after a resume', async () => {
  const plan = { onNonFinite: 'rollback' as const };
  const expected = await runIn(folder(), { plan, poisoned: [7] });
  assert.ok(expected.steps.some(({ action }) => action === 'rollback'));
  const skipping = await runIn(folder(), { plan: { onNonFinite: 'skipStep' }, poisoned: [7] });
  assert.not.equal(expected.weights, skipping.weights);
  const path = folder();
  await runIn(path, { plan, poisoned: [7], stopAfter: 8 });
  assert.equal((await runIn(path, { plan, poisoned: [7], resume: true })).weights, expected.weights);
});

test('non-finite without end is an error under every policy', async () => {
  const everything = Array.from({ length: samples }, (_, index) => index);
  try {
    await runIn(folder(), { plan: { onNonFinite: 'skipStep' }, poisoned: everything });
    assert.unreachable();
  } catch (error) {
    assert.is((error as FlowError).code, 'FLOW_NON_FINITE');
  }
});

test('validation at the start, every n steps and at the end; the best is kept', async () => {
  const path = folder();
  const values = [5, 3, 1, 2, 4];
  const validation = { everySteps: 3, best: { metric: 'm.value', mode: 'min' as const }, run: async (step: number) => ({ step, samples: 1, values: { 'm.value': values.shift()! } }) };
  const { outcome } = await runIn(path, { plan: { stop: { steps: 10 } }, extra: { validation } });
  assert.equal(outcome.best, { step: 6, value: 1 });
  assert.equal(readValidationMetrics(path).map(({ step }) => step), [0, 3, 6, 9, 10]);
  assert.ok(readdirSync(join(path, 'checkpoints')).includes('best.safetensors'));
  assert.is(openCheckpoints(join(path, 'checkpoints'), 2).latest().checkpoint!.state.validatedAt, 10);
});

test('settled at once or one step late: the same weights and logs, also where steps are rolled back', async () => {
  const [late, once] = [folder(), folder()];
  const options = { plan: { onNonFinite: 'rollback' as const }, poisoned: [7] };
  const expected = await runIn(late, options);
  assert.equal((await runIn(once, { ...options, extra: { settleAtOnce: true } })).weights, expected.weights);
  assert.is(readFileSync(join(once, 'metrics.jsonl'), 'utf8'), readFileSync(join(late, 'metrics.jsonl'), 'utf8'));
});

test('interrupted before the first step: the first validation is made up for by the resumed run', async () => {
  const validation = { everySteps: 20, best: null, run: async (step: number) => ({ step, samples: 1, values: { m: 1 } }) };
  const path = folder();
  const first = await runIn(path, { extra: { validation, interrupted: () => true } });
  assert.equal([first.outcome.step, readValidationMetrics(path).length], [0, 0]);
  await runIn(path, { resume: true, extra: { validation } });
  assert.equal(readValidationMetrics(path).map(({ step }) => step), [0, 20, 25]);
});

test('an error of the data keeps the steps before it', async () => {
  const path = folder();
  async function* failing() {
    let count = 0;
    for await (const batch of batchesFrom({ epoch: 0, position: 0 }, 6)) {
      if (count++ === 7) throw new Error('the source broke');
      yield batch;
    }
  }
  try {
    await runIn(path, { extra: { batches: failing() } });
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, 'the source broke');
  }
  const expected = await runIn(folder());
  const resumed = await runIn(path, { resume: true });
  assert.is(resumed.steps.length, 25);
  assert.equal(resumed.weights, expected.weights);
});

test.run();
