import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toTensor, uniformTensor } from '../../testing/index.js';
import { captureNetwork, tf, useEngine, type Tensor } from '../index.js';

const test = suite('device/captured-network');
const shape = [1, 9, 7, 3];

/** Everything at once: a kernel of a list, one with several results, views of the input and of a constant, results that nobody reads. */
function makeNetwork() {
  const filter = toTensor(uniformTensor([3, 3, 3, 4], -1, 1)) as tf.Tensor4D;
  const bias = toTensor(uniformTensor([4], -1, 1, 'bias'));
  const network = (input: Tensor): Tensor[] => {
    const features = tf.fused.conv2d({ x: input.mul(2).sub(1) as tf.Tensor4D, filter, bias, strides: 1, pad: 'same', activation: 'relu' });
    const [left, right] = tf.split(features, 2, 3);
    tf.exp(left!);
    const pooled = tf.maxPool(tf.concat([right!, left!, input], 3) as tf.Tensor4D, 2, 2, 'valid');
    return [pooled, input.reshape([9, 21]).sum(1), bias.reshape([2, 2]), pooled];
  };
  return { network, dispose: () => tf.dispose([filter, bias]) };
}

const inputs = [1, 2, 3].map((seed) => uniformTensor(shape, -1, 1, seed).data as Float32Array);

function plain(network: (input: Tensor) => Tensor[], values: Float32Array): Float32Array[] {
  const results: Float32Array[] = [];
  tf.tidy(() => network(tf.tensor(values, shape)).forEach((output) => results.push(output.dataSync() as Float32Array)));
  return results;
}

test.before(async () => void (await useEngine('wasm')));

test('gives what the network gives, bit by bit, for every input', () => {
  const { network, dispose } = makeNetwork();
  const captured = captureNetwork(network, shape);
  for (const values of inputs) assert.equal(captured.run(values), plain(network, values));
  captured.dispose();
  dispose();
});

test('runs the network itself once', () => {
  const { network, dispose } = makeNetwork();
  let runs = 0;
  const captured = captureNetwork((input) => {
    runs++;
    return network(input);
  }, shape);
  for (const values of inputs) captured.run(values);
  assert.is(runs, 1);
  captured.dispose();
  dispose();
});

test('keeps no memory from call to call, and none after its end', () => {
  const { network, dispose } = makeNetwork();
  const before = [tf.memory().numTensors, tf.engine().backend.numDataIds()];
  const captured = captureNetwork(network, shape);
  captured.run(inputs[0]!);
  const captive = [tf.memory().numTensors, tf.engine().backend.numDataIds()];
  for (let call = 0; call < 5; call++) captured.run(inputs[1]!);
  assert.equal([tf.memory().numTensors, tf.engine().backend.numDataIds()], captive);
  captured.dispose();
  assert.equal([tf.memory().numTensors, tf.engine().backend.numDataIds()], before);
  dispose();
});

test('leaves the engine as it was, also when the network throws', () => {
  const before = (tf.engine() as unknown as { runKernelFunc: unknown }).runKernelFunc;
  const captured = captureNetwork(() => {
    throw new Error('not today');
  }, shape);
  assert.throws(() => captured.run(inputs[0]!), /not today/);
  assert.is((tf.engine() as unknown as { runKernelFunc: unknown }).runKernelFunc, before);
});

test('goes on when the engine is changed', async () => {
  const { network, dispose } = makeNetwork();
  const captured = captureNetwork(network, shape);
  const expected = captured.run(inputs[0]!);
  for (const engine of ['cpu', 'wasm', 'cpu'] as const) {
    await useEngine(engine);
    captured.run(inputs[1]!).forEach((values, output) => {
      const wanted = plain(network, inputs[1]!)[output]!;
      values.forEach((value, index) => assert.ok(Math.abs(value - wanted[index]!) < 1e-6));
    });
  }
  captured.run(inputs[0]!).forEach((values, output) => values.forEach((value, index) => assert.ok(Math.abs(value - expected[output]![index]!) < 1e-5)));
  await useEngine('wasm');
  captured.dispose();
  dispose();
});

test.run();
