import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FlowError} from '../../index.js';
import { constant, float32, glorotUniform, heNormal, truncatedNormal, zeros, randomFor } from '../../index.js';
import { expectNoLeak } from '../../testing/index.js';
import type { BackwardError} from '../index.js';
import { differentiate, stackSamples, tf, upload, download, useEngine, VariableStore } from '../index.js';
import { uint8 } from '../../values/host-tensor.js';

test('a variable is made once, shared by name, read and written', async () => {
  await useEngine('wasm');
  await expectNoLeak(async () => {
    const store = new VariableStore(3);
    const kernel = store.create('net/kernel', [2, 3], heNormal, true);
    assert.is(store.create('net/kernel', [2, 3], zeros, true), kernel);
    store.create('net/bias', [3], constant(0.5), true);
    store.create('frozen/bias', [4], zeros, false);
    assert.equal(store.list().map(({ name }) => name), ['net/kernel', 'net/bias', 'frozen/bias']);
    assert.equal(store.count(), { all: 13, trainable: 9 });
    assert.equal(await store.get('net/bias'), float32([0.5, 0.5, 0.5], [3]));
    store.set('net/bias', float32([1, 2, 3], [3]));
    assert.equal(await store.get('net/bias'), float32([1, 2, 3], [3]));
    const refused = (body: () => unknown, message: RegExp): void =>
      assert.throws(body, (error: FlowError) => error.code === 'FLOW_WEIGHTS' && message.test(error.describe()));
    refused(() => store.create('net/kernel', [3, 2], zeros, true), /expected: +\[2, 3\]\n +got: +\[3, 2\]/);
    refused(() => store.create('net/kernel', [2, 3], zeros, false), /trained in one place and frozen in another/);
    refused(() => store.set('net/bias', float32([1], [1])), /another shape/);
    refused(() => store.set('net/bais', float32([1], [1])), /no variable "net\/bais"/);
    store.dispose();
  });
});

test('writing leaves the array of the caller alone', async () => {
  await useEngine('cpu');
  const store = new VariableStore(3);
  const variable = store.create('x', [2], zeros, true);
  const value = float32([1, 2], [2]);
  store.set('x', value);
  variable.assign(tf.tidy(() => variable.mul(2)));
  assert.equal([...value.data], [1, 2]);
  store.dispose();
});

test('initialisers have the spread they promise', () => {
  const random = () => randomFor('initialisers');
  const deviation = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  const shape = [3, 3, 64, 128];
  assert.ok(Math.abs(deviation(heNormal(random(), shape)) / Math.sqrt(2 / (9 * 64)) - 1) < 0.01);
  assert.ok(Math.abs(deviation(glorotUniform(random(), shape)) / Math.sqrt(2 / (9 * (64 + 128))) - 1) < 0.01);
  const cut = truncatedNormal(0.1)(random(), [10_000]);
  assert.ok(Math.max(...cut) <= 0.2 && Math.min(...cut) >= -0.2 && deviation(cut) > 0.085);
  assert.ok(zeros(random(), [5]).every((value) => value === 0));
});

test('element types keep their meaning between host and device', async () => {
  await useEngine('wasm');
  await expectNoLeak(async () => {
    const bytes = stackSamples([uint8([0, 255], [2]), uint8([7, 9], [2])]);
    assert.equal(bytes, uint8([0, 255, 7, 9], [2, 2]));
    const tensor = upload(bytes);
    assert.is(tensor.dtype, 'int32');
    assert.equal(await download(tensor, 'uint8'), bytes);
    tensor.dispose();
    assert.throws(() => stackSamples([uint8([1], [1]), float32([1], [1])]), /differ: uint8 \[1\] and float32 \[1\]/);
  });
});

test('differentiate gives the gradients of tf.variableGrads, with less memory at its peak', async () => {
  await useEngine('cpu');
  await expectNoLeak(() => {
    const store = new VariableStore(1);
    const weights = Array.from({ length: 12 }, (_, layer) => store.create(`layer${layer}`, [64, 64], heNormal, true));
    const forward = () => tf.tidy(() => weights.reduce((x, weight) => tf.elu(tf.matMul(x, weight as never)), tf.ones([256, 64]) as ReturnType<typeof tf.elu>).mean());
    const stock = peakBuffers(() => tf.variableGrads(forward as never, weights));
    const own = peakBuffers(() => differentiate(forward, weights));
    assert.equal(own.result.gradients.map((gradient) => [...gradient!.dataSync()]), weights.map(({ name }) => [...stock.result.grads[name]!.dataSync()]));
    assert.ok(own.peak < 0.75 * stock.peak, `${own.peak} of ${stock.peak}`);
    tf.dispose([own.result, stock.result] as never);
    store.dispose();
  });
});

/** Largest number of buffers that `body` added. */
function peakBuffers<T>(body: () => T): { readonly result: T; readonly peak: number } {
  const engine = tf.engine() as unknown as { trackTensor(...all: unknown[]): void; state: { numDataBuffers: number } };
  const track = engine.trackTensor;
  const before = engine.state.numDataBuffers;
  let peak = 0;
  engine.trackTensor = function (this: typeof engine, ...all: unknown[]) {
    track.apply(this, all);
    peak = Math.max(peak, this.state.numDataBuffers - before);
  };
  try {
    return { result: body(), peak };
  } finally {
    engine.trackTensor = track;
  }
}

test('an error inside leaves nothing behind and names the operation', async () => {
  await useEngine('wasm');
  await expectNoLeak(() => {
    const store = new VariableStore(1);
    const weight = store.create('w', [4], constant(1), true);
    for (let attempt = 0; attempt < 2; attempt++) {
      assert.throws(() => differentiate(() => { weight.square(); throw new Error('no'); }, [weight]), /no/);
      assert.throws(() => differentiate(() => tf.tidy(() => tf.topk(weight.square(), 2).values.sum()), [weight]), (error: BackwardError) => error.operation === 'TopK');
    }
    store.dispose();
  });
});

test.run();
