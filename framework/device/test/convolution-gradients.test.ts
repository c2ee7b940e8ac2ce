import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tf, useEngine } from '../index.js';
import { checkGradient, expectNoLeak, normalTensor, onEngines, toTensor, close } from '../../testing/index.js';

type T4 = ReturnType<typeof tf.tensor4d>;
type Pad = 'same' | 'valid' | [[number, number], [number, number], [number, number], [number, number]];
interface Case {
  readonly x: readonly [number, number, number, number];
  readonly filter: readonly [number, number];
  readonly stride: number | [number, number];
  readonly pad: Pad;
}

const cases: readonly Case[] = [
  { x: [2, 5, 7, 3], filter: [3, 3], stride: 1, pad: 'same' },
  { x: [2, 5, 7, 3], filter: [3, 2], stride: 1, pad: 'valid' },
  { x: [1, 7, 5, 2], filter: [3, 3], stride: 2, pad: 'same' },
  { x: [2, 8, 6, 2], filter: [3, 3], stride: 2, pad: 'same' },
  { x: [2, 8, 7, 2], filter: [3, 3], stride: 2, pad: 'valid' },
  { x: [2, 6, 7, 3], filter: [1, 1], stride: 2, pad: 'same' },
  { x: [1, 6, 7, 3], filter: [1, 1], stride: 1, pad: 'valid' },
  { x: [1, 11, 9, 2], filter: [7, 7], stride: 2, pad: [[0, 0], [3, 3], [3, 3], [0, 0]] },
  { x: [1, 9, 8, 2], filter: [4, 5], stride: [3, 2], pad: 'same' },
  // Channels for the SIMD loops: whole vectors, and vectors with a rest.
  { x: [2, 6, 7, 4], filter: [3, 3], stride: 1, pad: 'same' },
  { x: [1, 7, 9, 6], filter: [3, 3], stride: 2, pad: 'same' },
  { x: [1, 6, 5, 2], filter: [3, 3], stride: [1, 2], pad: [[0, 0], [2, 0], [1, 2], [0, 0]] },
];

const check = onEngines(test);
for (const { x, filter, stride, pad } of cases) {
  const label = `x [${x.join()}] filter [${filter.join()}] stride ${String(stride)} pad ${JSON.stringify(pad)}`;
  check(`conv2d ${label}`, () => expectNoLeak(async () => {
    await checkGradient((image, weights) => tf.conv2d(image as T4, weights as T4, stride, pad), [x, [...filter, x[3], 4]]);
  }));
  if (typeof stride !== 'number') continue;
  for (const multiplier of [1, 2]) {
    check(`depthwiseConv2d ×${multiplier} ${label}`, () => expectNoLeak(async () => {
      await checkGradient(
        (image, weights) => tf.depthwiseConv2d(image as T4, weights as T4, stride, pad), [x, [...filter, x[3], multiplier]],
      );
    }));
  }
}

check('a fused convolution with bias and relu', () => expectNoLeak(async () => {
  const fused = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor): tf.Tensor =>
    tf.fused.conv2d({ x: x as T4, filter: filter as T4, strides: 2, pad: 'same', bias, activation: 'elu' });
  await checkGradient((x, filter, bias) => fused(x!, filter!, bias!), [[2, 5, 7, 3], [3, 3, 3, 4], [4]]);
}));

test('strips of the filter gradient add up', async () => {
  await useEngine('wasm');
  // 9 · 64 taps × 96 columns × 4 B: several strips.
  tf.tidy(() => {
    const x = toTensor(normalTensor([2, 96, 96, 64])) as T4;
    const dy = toTensor(normalTensor([2, 96, 96, 2])) as T4;
    const whole = tf.grad((filter) => tf.conv2d(x, filter as T4, 1, 'same').mul(dy).sum())(tf.zeros([3, 3, 64, 2]));
    const centre = tf.matMul(x.reshape([-1, 64]), dy.reshape([-1, 2]), true);
    close(whole.slice([1, 1, 0, 0], [1, 1, 64, 2]).reshape([64, 2]), centre, { rtol: 1e-4, atol: 1e-3 });
  });
});

test('dilated gradients are refused', async () => {
  await useEngine('wasm');
  assert.throws(() => tf.tidy(() => tf.grad((x) => tf.conv2d(x as T4, tf.ones([3, 3, 1, 1]), 1, 'same', 'NHWC', 2).sum())(tf.ones([1, 7, 7, 1]))), /dilated conv2d/);
});

test.run();
