import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defineDevice, defineHost, float32, glorotUniform, int32, tensor, Type, zeros } from '../../index.js';
import { implementDevice, implementHost } from '../../plugin/define.js';
import { matMulShared, tf, useEngine } from '../../device/index.js';
import { checkGradient, close, expectNoLeak, normalTensor, runDeviceStage, runHostStage, testStage } from '../index.js';

const layer = defineDevice({
  summary: 'Two layers on points, scaled.', version: 1, trainable: true,
  options: Type.Object({
    width: Type.Integer({ default: 4, minimum: 1, description: 'Hidden features.' }),
    scale: Type.Number({ default: 0.5, description: 'Factor on the result.' }),
  }, { additionalProperties: false }),
  in: { points: tensor('float32', ['N', 3], 'points') },
  out: { moved: tensor('float32', ['N', 'with.width'], 'points') },
  draws: { shift: tensor('float32', [3], 'points') },
  load: async (): Promise<object> => ({ stage: implementation }),
});
const implementation = implementDevice(layer, {
  draw: (random) => ({ shift: float32([random.normal(), random.normal(), random.normal()], [3]) }),
  build: ({ options, variable, shapeOf }) => {
    const hidden = variable('hidden', [shapeOf('points')[1]!, options.width], glorotUniform);
    const head = variable('head', [options.width, options.width], zeros);
    return {
      run: ({ points }, { draws }) => {
        const shifted = points.add(draws.shift.expandDims(1));
        return { moved: matMulShared(tf.elu(matMulShared(shifted, hidden)), head).mul(options.scale) };
      },
    };
  },
});

testStage('a device stage', layer, { inputs: { points: normalTensor([3, 5, 3]) }, options: { width: 6 } });

const count = defineHost({
  summary: 'Counts what is above a level.', version: 1, pure: true,
  options: Type.Object({ level: Type.Number({ default: 0, description: 'The level.' }) }, { additionalProperties: false }),
  in: { x: tensor('float32', ['N'], 'x') }, out: { above: tensor('int32', [1], 'count') },
  load: async (): Promise<object> => ({ stage: counting }),
});
let wrongType = false;
const counting = implementHost(count, {
  create: async ({ options }) => ({
    run: ({ x }) => {
      const above = [...x.data].filter((value) => value > options.level).length;
      return { above: wrongType ? float32([above], [1]) : int32([above], [1]) };
    },
  }),
});
testStage('a host stage', count, { inputs: { x: normalTensor([9]) } });

test('a host stage runs alone, and a wrong output type is refused', async () => {
  const outputs = await runHostStage(count, { inputs: { x: float32([1, -1, 3], [3]) }, options: { level: 2 } });
  assert.equal(outputs['above'], { dtype: 'int32', shape: [1], data: Int32Array.of(1) });
  wrongType = true;
  await rejects(runHostStage(count, { inputs: { x: float32([1], [1]) } }), /something else at "above"/);
  wrongType = false;
});

test('a device stage runs alone with given draws; wrong inputs and options are refused', async () => {
  await useEngine('wasm');
  const points = normalTensor([2, 5, 3]);
  const outputs = await runDeviceStage(layer, { inputs: { points }, draws: { shift: float32(new Float32Array(6), [2, 3]) } });
  assert.equal(outputs['moved']!.shape, [2, 5, 4]);
  await rejects(runDeviceStage(layer, { inputs: { points: normalTensor([2, 5, 4]) } }), /axis 1 \(3\) is 4, expected 3/);
  await rejects(runDeviceStage(layer, { inputs: { points }, options: { widht: 4 } }), /widht/);
});

test('close names the worst place and refuses what is not finite', () => {
  assert.throws(() => close(float32([1, 2, 3, 9, 5, 6], [2, 3]), float32([1, 2, 3, 4, 5, 6.1], [2, 3])), /2 of 6 values; worst at \[1, 0\]: got 9, expected 4/);
  assert.throws(() => close([NaN], [NaN]), /worst at \[0\]/);
  assert.throws(() => close([1, Infinity], [1, Infinity]), /got Infinity/);
  assert.throws(() => close(float32([1, 2], [1, 2]), float32([1, 2], [2, 1])), /shape/);
  close([1], [1.00001]);
});

test('checkGradient finds a gradient that is wrong by one part in a hundred, and a gradient that is zero', async () => {
  await useEngine('wasm');
  const wrong = tf.customGrad((x) => ({ value: (x as tf.Tensor).square(), gradFunc: (dy) => dy.mul((x as tf.Tensor).mul(2.02)) }));
  await rejects(checkGradient((x) => wrong(x!), [[3, 4]]), /gradient of input 0 \[3, 4\]/);
  const none = tf.customGrad((x) => ({ value: (x as tf.Tensor).square(), gradFunc: (dy) => dy.mul(0) }));
  await rejects(checkGradient((x) => none(x!), [[3, 4]]), /analytic 0/);
});

test('expectNoLeak counts', async () => {
  const kept: { dispose(): void }[] = [];
  await rejects(expectNoLeak(() => void kept.push(tf.ones([3]))), /1 tensors \(12 bytes\) were left behind/);
  kept.forEach((tensor) => tensor.dispose());
});

async function rejects(promise: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await promise.then(() => undefined, (reason: Error) => reason);
  assert.ok(error, 'should have been refused');
  assert.match(error.message, message);
}

test.run();
