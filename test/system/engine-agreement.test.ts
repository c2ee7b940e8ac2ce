/**
 * The same training step on every pair of engines that are present: the first loss, the whole gradient, and the losses of twenty
 * steps. `FLOW_QUICK=1` takes three steps instead of twenty.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { probeEngines, tf, type EngineName } from '../../framework/device/index.js';
import { disposeResult } from '../../framework/train/read-back.js';
import { openTrainingStep } from '../../bench/support/training.js';

const steps = process.env['FLOW_QUICK'] ? 3 : 20;

interface Outcome {
  /** Of every step, the first one's before any update. */
  readonly losses: readonly number[];
  /** Every variable's, by name. */
  readonly gradient: ReadonlyMap<string, Float32Array>;
  /** Tensors alive after each step. */
  readonly tensors: readonly number[];
}

async function outcomeOn(engine: EngineName): Promise<Outcome> {
  const step = await openTrainingStep({ engine, profile: 'tiny' });
  const first = step.gradients();
  const gradient = new Map<string, Float32Array>();
  for (const [name, tensor] of Object.entries(first.gradients)) gradient.set(name, Float32Array.from(await tensor.data<'float32'>()));
  disposeResult(first);
  const [losses, tensors]: [number[], number[]] = [[], []];
  for (let index = 0; index < steps; index++) {
    losses.push(await step.step());
    tensors.push(tf.memory().numTensors);
  }
  await step.close();
  return { losses, gradient, tensors };
}

/** Of all numbers of all variables as one vector. */
function cosine(left: Outcome['gradient'], right: Outcome['gradient']): number {
  const sums = { product: 0, left: 0, right: 0 };
  for (const [name, values] of left) {
    const others = right.get(name)!;
    assert.is(others.length, values.length, name);
    values.forEach((value, index) => {
      sums.product += value * others[index]!;
      sums.left += value * value;
      sums.right += others[index]! * others[index]!;
    });
  }
  return sums.product / Math.sqrt(sums.left * sums.right);
}

const relative = (got: number, expected: number): number => Math.abs(got - expected) / Math.abs(expected);

// The plain engine needs minutes for a step.
const reports = (await probeEngines()).filter(({ name }) => name !== 'cpu');
const present = reports.filter((report) => report.present).map(({ name }) => name);
for (const { name, reason } of reports.filter((report) => !report.present)) process.stdout.write(`\n(not tested on ${name}: ${reason})\n`);

const outcomes = new Map<EngineName, Outcome>();
if (present.length > 1) {
  for (const engine of present) outcomes.set(engine, await outcomeOn(engine));
}

for (const [index, left] of present.entries()) {
  for (const right of present.slice(index + 1)) {
    const [one, other] = [outcomes.get(left)!, outcomes.get(right)!];
    test(`${left} and ${right}: the first loss to 1e-4`, () => {
      assert.ok(Number.isFinite(one.losses[0]!) && one.losses[0]! > 0);
      assert.ok(relative(other.losses[0]!, one.losses[0]!) <= 1e-4, `${one.losses[0]} and ${other.losses[0]}`);
    });
    test(`${left} and ${right}: the whole gradient to a cosine of 0.9999`, () => {
      assert.equal([...other.gradient.keys()].sort(), [...one.gradient.keys()].sort());
      const agreement = cosine(one.gradient, other.gradient);
      assert.ok(agreement >= 0.9999, `cosine ${agreement}`);
    });
    test(`${left} and ${right}: the losses of ${steps} steps to 1e-3`, () => {
      const worst = Math.max(...one.losses.map((loss, step) => relative(other.losses[step]!, loss)));
      assert.ok(worst <= 1e-3, `the losses differ by ${worst}`);
      if (steps === 20) assert.ok(one.losses.at(-1)! < one.losses[0]!, 'twenty steps lower the loss');
    });
  }
}

test(`engines present: ${present.join(', ')}`, () => {
  for (const [engine, { tensors }] of outcomes) assert.is(tensors.at(-1), tensors[1], `${engine} keeps more tensors with every step`);
});

test.run();
