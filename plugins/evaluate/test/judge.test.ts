import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tf, useEngine } from '../../../framework/device/index.js';
import { float32, type HostTensor } from '../../../framework/index.js';
import { buildDeviceStage, close, expectNoLeak, runDeviceStage } from '../../../framework/testing/index.js';
import { loadPackagedModel } from '../../preprocess/index.js';
import { judge } from '../plugin.js';
import { alignedFaces } from './faces.js';

/** Two photos of one woman, then two other women. */
const names = ['sample1-03', 'sample3-02', 'sample5-01', 'sample6-02'];
const size = 112;
let images: HostTensor;
let masks: HostTensor;

test.before(async () => {
  await useEngine('wasm');
  const faces = await alignedFaces(names, size);
  images = float32(faces.flatMap(({ image }) => [...image]), [names.length, size, size, 3]);
  masks = float32(faces.flatMap(({ mask }) => [...mask]), [names.length, size, size, 1]);
});

/** Another picture of the same size. */
const blurred = ({ data, shape }: HostTensor): HostTensor => float32(data.map((value, at) => (value + (data[at + 3] ?? 0)) / 2) as Float32Array, shape);

function cosineOf(features: HostTensor, first: number, second: number): number {
  const row = (index: number) => features.data.slice(1024 * index, 1024 * (index + 1));
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, value, at) => sum + value * b[at], 0);
  const [a, b] = [row(first), row(second)];
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

test('the judge tells people apart, by the masked face alone too', async () => {
  for (const inputs of [{ image: images }, { image: images, mask: masks }] as Record<string, HostTensor>[]) {
    const { features } = await runDeviceStage(judge, { inputs });
    const same = cosineOf(features, 0, 1);
    const others = [[0, 2], [0, 3], [1, 2], [1, 3], [2, 3]].map(([first, second]) => cosineOf(features, first, second));
    assert.ok(same > Math.max(...others) + 0.1, `${same} against ${others.join(', ')}`);
    assert.ok(Math.max(...others.map(Math.abs)) < 0.45, others.join(', '));
  }
});

test('further pictures are described as if each were alone', async () => {
  const { features, render } = await runDeviceStage(judge, { inputs: { image: images, mask: masks, render: blurred(images) } });
  close(features, (await runDeviceStage(judge, { inputs: { image: images, mask: masks } })).features, { atol: 1e-4 });
  close(render, (await runDeviceStage(judge, { inputs: { image: blurred(images), mask: masks } })).features, { atol: 1e-4 });
});

test('convention: BGR minus the training means, cut at the pooled features', async () => {
  const { features } = await runDeviceStage(judge, { inputs: { image: images }, options: { centre: false } });
  const model = loadPackagedModel('faceres');
  const expected = tf.tidy(() => {
    const enlarged = tf.image.resizeBilinear(tf.tensor4d(images.data as Float32Array, [4, size, size, 3]), [224, 224], false, true).mul(255);
    const [red, green, blue] = tf.split(enlarged, 3, 3);
    const input = tf.concat([blue.sub(103.9), green.sub(116.8), red.sub(123.7)], 3);
    return (model.execute(input, 'global_pooling/Mean') as tf.Tensor).dataSync();
  });
  model.dispose();
  close(features.data, expected, { rtol: 1e-3, atol: 1e-3 });
});

test('a mask takes the rest of the picture out; a batch equals its samples; no tensor is left behind', async () => {
  await expectNoLeak(async () => {
    const stage = await buildDeviceStage(judge, { inputs: { image: images, mask: masks } });
    const { features } = await stage.run({ image: images, mask: masks });
    const blacked = float32(images.data.map((value, at) => (masks.data[Math.floor(at / 3)] > 0 ? value : 1 - value)) as Float32Array, images.shape);
    close((await stage.run({ image: blacked, mask: masks })).features, features, { atol: 1e-4 });
    const last = (host: HostTensor) => ({ ...host, shape: [1, ...host.shape.slice(1)], data: host.data.slice(3 * (host.data.length / 4)) });
    close((await stage.run({ image: last(images), mask: last(masks) })).features, last(features), { rtol: 1e-3, atol: 1e-3 });
    stage.dispose();
  });
});

test.run();
