import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFor, sizeOf } from '../../../framework/index.js';
import { tf, useEngine, type Variable } from '../../../framework/device/index.js';
import { close, normalTensor, toTensor, uniformTensor } from '../../../framework/testing/index.js';
import { coefficientCount } from '../host/coefficients.js';
import type { BackboneName } from '../networks/backbones.js';
import { makeCoefficientRegressor } from '../networks/coefficient-regressor.js';
import type { Layer } from '../networks/layers.js';

interface Network {
  readonly run: Layer;
  readonly variables: Map<string, Variable>;
}

/** `heads`: start value of the heads' weights, in place of zero. */
function network(backbone: BackboneName, heads = 0): Network {
  const variables = new Map<string, Variable>();
  const { features, heads: toCoefficients } = makeCoefficientRegressor(backbone, (name, shape, initial) => {
    const random = randomFor('regressor test', name);
    const data = name.startsWith('heads/') || name.endsWith('/gain')
      ? Float32Array.from({ length: sizeOf(shape) }, () => heads * random.normal())
      : initial(random, shape);
    const variable = tf.variable(tf.tensor(data, [...shape]), true);
    assert.not(variables.has(name), `the variable ${name} is made once`);
    variables.set(name, variable);
    return variable;
  });
  return { run: (image) => toCoefficients(features(image)), variables };
}

function free({ variables }: Network): void {
  variables.forEach((variable) => variable.dispose());
}

test('an untrained network gives zero coefficients, at every size of picture and backbone', async () => {
  await useEngine('wasm');
  for (const [backbone, size] of [['tiny', 33], ['small', 64], ['dense', 56], ['dense', 112], ['resnet50', 32]] as const) {
    const net = network(backbone);
    tf.tidy(() => close(net.run(toTensor(uniformTensor([2, size, size, 3], 0, 1))), new Float32Array(2 * coefficientCount)));
    free(net);
  }
});

test('sizes are what is documented: small has 2.2 M weights, dense 0.64 M, resnet50 about 24 M', async () => {
  await useEngine('wasm');
  for (const [backbone, millions] of [['small', 2.2], ['dense', 0.64], ['resnet50', 24.1]] as const) {
    const net = network(backbone);
    const weights = [...net.variables.values()].reduce((sum, variable) => sum + variable.size, 0);
    assert.ok(Math.abs(weights / 1e6 - millions) < 0.1, `${backbone} has ${weights} weights`);
    free(net);
  }
});

test('a batch gives what its samples give one by one', async () => {
  await useEngine('wasm');
  const net = network('tiny', 0.5);
  tf.tidy(() => {
    const images = toTensor(uniformTensor([3, 40, 40, 3], 0, 1));
    const both = net.run(images);
    for (let sample = 0; sample < 3; sample++) close(both.slice([sample], [1]), net.run(images.slice([sample], [1])));
  });
  free(net);
});

test('the gradient of every variable is what the values say', async () => {
  await useEngine('wasm');
  const net = network('tiny', 0.5);
  const image = toTensor(uniformTensor([2, 24, 24, 3], 0, 1));
  const weights = toTensor(normalTensor([2, coefficientCount]));
  const loss = (): tf.Scalar => tf.sum(tf.mul(net.run(image), weights)) as tf.Scalar;
  const { grads } = tf.variableGrads(loss, [...net.variables.values()]);
  for (const [name, variable] of net.variables) {
    const gradient = grads[variable.name]!.dataSync();
    const norm = Math.hypot(...gradient);
    assert.ok(norm > 0, `a gradient reaches ${name}`);
    const start = Float32Array.from(variable.dataSync());
    const move = (step: number): number => {
      variable.assign(tf.tensor(start.map((value, at) => value + (step * gradient[at]!) / norm), variable.shape));
      return tf.tidy(() => Array.from(net.run(image).mul(weights).dataSync()).reduce((sum, value) => sum + value, 0));
    };
    // Rectifiers have kinks, so the step is small and the tolerance wide: measured up to 2 % at float32.
    const slope = (move(2e-3) - move(-2e-3)) / 4e-3;
    move(0);
    assert.ok(Math.abs(slope - norm) < 0.04 * norm, `${name}: slope ${slope}, norm ${norm}`);
  }
  tf.dispose(grads);
  image.dispose();
  weights.dispose();
  free(net);
});

test('a few steps of Adam learn the coefficients of four pictures', async () => {
  await useEngine('wasm');
  const net = network('tiny');
  const image = toTensor(uniformTensor([4, 32, 32, 3], 0, 1));
  const wanted = tf.tidy(() => toTensor(normalTensor([4, coefficientCount])).mul(0.3));
  const optimizer = tf.train.adam(3e-3);
  const losses = Array.from({ length: 60 }, () => tf.tidy(() => optimizer.minimize(() => tf.mean(tf.squaredDifference(net.run(image), wanted)), true)!.dataSync()[0]!));
  assert.ok(losses.at(-1)! < 0.5 * losses[0]!, `from ${losses[0]} to ${losses.at(-1)}`);
  tf.dispose([image, wanted]);
  optimizer.dispose();
  free(net);
});

test.run();
