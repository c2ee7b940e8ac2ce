import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tf, useEngine, type Tensor } from '../../device/index.js';
import { randomFor } from '../../values/random.js';
import { createAdam, factorOf, readVerdict, type Adam } from '../adam.js';
import type { NamedVariable } from '../program.js';

const options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, clipNorm: 0, factors: {} };

function makeVariables(): NamedVariable[] {
  return [
    { name: 'net/a', variable: tf.variable(tf.tensor([1, -2, 3, 0.5, 0, 7], [2, 3])), trainable: true },
    { name: 'net/b', variable: tf.variable(tf.tensor([0.25])), trainable: true },
    { name: 'frozen/c', variable: tf.variable(tf.tensor([9])), trainable: false },
  ];
}

function gradientValues(step: number): Record<string, number[]> {
  const random = randomFor('adam-test', step);
  return { 'net/a': Array.from({ length: 6 }, () => random.normal()), 'net/b': [random.normal() * 10] };
}

async function update(adam: Adam, values: Record<string, number[]>, rate: number, loss = 1): Promise<{ finite: boolean; gradientNorm: number }> {
  const gradients: Record<string, Tensor> = { 'net/a': tf.tensor(values['net/a']!, [2, 3]), 'net/b': tf.tensor(values['net/b']!) };
  const lossTensor = tf.scalar(loss);
  const verdict = await readVerdict(adam.apply(gradients, lossTensor, rate));
  tf.dispose([lossTensor, ...Object.values(gradients)]);
  if (verdict.finite) adam.count();
  return verdict;
}

/** Algorithm 1 of Kingma and Ba in float64. */
function reference(start: number[], steps: number, name: string, rate: number, clipNorm = 0): number[] {
  const w = [...start];
  const m = w.map(() => 0);
  const v = w.map(() => 0);
  for (let t = 1; t <= steps; t++) {
    const all = gradientValues(t);
    const norm = Math.hypot(...Object.values(all).flat());
    const scale = clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1;
    all[name]!.forEach((raw, i) => {
      const g = raw * scale;
      m[i] = 0.9 * m[i]! + 0.1 * g;
      v[i] = 0.999 * v[i]! + 0.001 * g * g;
      w[i] = w[i]! - (rate * (m[i]! / (1 - 0.9 ** t))) / (Math.sqrt(v[i]! / (1 - 0.999 ** t)) + 1e-8);
    });
  }
  return w;
}

function close(actual: ArrayLike<number>, expected: number[], tolerance = 1e-6): void {
  expected.forEach((value, index) => assert.ok(Math.abs(actual[index]! - value) <= tolerance * (1 + Math.abs(value)), `${actual[index]} is not ${value}`));
}

function disposeAll(variables: NamedVariable[], adam: Adam): void {
  adam.dispose();
  for (const { variable } of variables) variable.dispose();
}

for (const engine of ['wasm', 'cpu'] as const) {
  test(`${engine}: 40 steps agree with the float64 reference, frozen variables stay, nothing leaks`, async () => {
    await useEngine(engine);
    const variables = makeVariables();
    const adam = createAdam(variables, options);
    const before = tf.memory().numTensors;
    for (let step = 1; step <= 40; step++) assert.ok((await update(adam, gradientValues(step), 0.05)).finite);
    assert.is(tf.memory().numTensors, before);
    close(await variables[0]!.variable.data(), reference([1, -2, 3, 0.5, 0, 7], 40, 'net/a', 0.05));
    close(await variables[1]!.variable.data(), reference([0.25], 40, 'net/b', 0.05));
    assert.equal([...(await variables[2]!.variable.data())], [9]);
    disposeAll(variables, adam);
  });

  test(`${engine}: clipping scales the gradient to the global norm and reports the norm before`, async () => {
    await useEngine(engine);
    const variables = makeVariables();
    const adam = createAdam(variables, { ...options, clipNorm: 0.7 });
    const verdict = await update(adam, gradientValues(1), 0.05);
    assert.ok(Math.abs(verdict.gradientNorm - Math.hypot(...Object.values(gradientValues(1)).flat())) < 1e-5);
    for (let step = 2; step <= 10; step++) await update(adam, gradientValues(step), 0.05);
    close(await variables[0]!.variable.data(), reference([1, -2, 3, 0.5, 0, 7], 10, 'net/a', 0.05, 0.7), 3e-6);
    disposeAll(variables, adam);
  });

  test(`${engine}: a non-finite loss or gradient changes neither weights nor moments nor the step count`, async () => {
    await useEngine(engine);
    const variables = makeVariables();
    const adam = createAdam(variables, options);
    await update(adam, gradientValues(1), 0.05);
    const [weights, state] = [[...(await variables[0]!.variable.data())], await adam.state()];
    const bad = gradientValues(2);
    bad['net/b'] = [NaN];
    assert.not((await update(adam, bad, 0.05)).finite);
    assert.not((await update(adam, gradientValues(2), 0.05, Infinity)).finite);
    assert.equal([...(await variables[0]!.variable.data())], weights);
    assert.equal(await adam.state(), state);
    disposeAll(variables, adam);
  });
}

test('state taken and restored continues bit for bit', async () => {
  await useEngine('wasm');
  const [straight, broken] = [makeVariables(), makeVariables()];
  const first = createAdam(straight, options);
  const second = createAdam(broken, options);
  for (let step = 1; step <= 6; step++) await update(first, gradientValues(step), 0.01);
  for (let step = 1; step <= 3; step++) await update(second, gradientValues(step), 0.01);
  const third = createAdam(broken, options);
  third.restore(await second.state());
  for (let step = 4; step <= 6; step++) await update(third, gradientValues(step), 0.01);
  assert.equal([...(await broken[0]!.variable.data())], [...(await straight[0]!.variable.data())]);
  assert.equal(await third.state(), await first.state());
  assert.throws(() => third.restore({ steps: 1, first: new Map(), second: new Map() }), /no Adam moments for "net\/a"/);
});

test('the longest scope prefix gives the factor of the learning rate', async () => {
  const factors = { coarse: 0.1, 'coarse/head': 2 };
  assert.is(factorOf('coarse/conv/kernel', factors), 0.1);
  assert.is(factorOf('coarse/head/kernel', factors), 2);
  assert.is(factorOf('coarser/kernel', factors), 1);
  await useEngine('wasm');
  const variables = makeVariables();
  const adam = createAdam(variables, { ...options, factors: { 'net/a': 0 } });
  await update(adam, gradientValues(1), 0.05);
  assert.equal([...(await variables[0]!.variable.data())], [1, -2, 3, 0.5, 0, 7]);
  close(await variables[1]!.variable.data(), reference([0.25], 1, 'net/b', 0.05));
});

test.run();
