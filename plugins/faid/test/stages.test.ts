import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { useEngine } from '../../../framework/device/index.js';
import { float32, type HostTensor } from '../../../framework/index.js';
import { buildDeviceStage, checkGradient, close, normalTensor, runDeviceStage, testStage, toTensor, uniformTensor } from '../../../framework/testing/index.js';
import { resource } from '../host/face-api.js';
import { joinStatistics } from '../host/face-networks.js';
import { standardise } from '../maths/standardise.js';
import { decode, embed, faceApi } from '../plugin.js';
import { hills } from './hills.js';

const context = { cacheFolder: '', log: () => undefined };
const networks = await resource.build({ attributes: ['age-gender', 'expression'] }, context);
const face = { vertexCount: 270, ...hills };
const dimensions = { 'networks.identity': 128, 'networks.attributes': 768, 'networks.features': 896, 'face.vertices': 270 };

const image = uniformTensor([2, 112, 112, 3], 0, 1);
const mask = float32(Float32Array.from({ length: 2 * 112 * 112 }, (_, index) => (Math.hypot((index % 112) - 56, (Math.floor(index / 112) % 112) - 56) < 45 ? 1 : 0)), [2, 112, 112, 1]);
const codes = { identity: normalTensor([2, 128], 'i'), attributes: normalTensor([2, 768], 'a') };
const small = { terms: 3, widths: [4, 4, 4], coarse: 4 };

// The plain CPU engine takes half a minute for these networks.
testStage('faid/embed', embed, { dimensions, resources: { networks }, options: { identitySize: 112 }, inputs: { image, mask } }, { engines: ['wasm'], tolerance: { rtol: 1e-3, atol: 1e-3 } });
testStage('faid/decode', decode, { dimensions, resources: { networks, face }, options: small, inputs: codes });
testStage('faid/decode without attributes', decode, { dimensions, resources: { networks, face }, options: small, inputs: { identity: codes.identity } });

test.before(async () => {
  await useEngine('wasm');
});

test('the dimensions that the resource promises are those of its values', () => {
  const { statistics } = networks;
  assert.is(statistics.identity.mean.length, 128);
  assert.is(statistics.attributes.mean.length, 768);
  assert.equal(faceApi.dimensions({ attributes: ['expression'] }), { identity: 128, attributes: 256, features: 384 });
  assert.ok(Math.abs(statistics.attributes.spread - Math.hypot(14.455, 17.28)) < 0.1);
});

test('what the mask hides has no influence on the features', async () => {
  const other = { ...image, data: image.data.map((value, index) => (mask.data[Math.floor(index / 3)] === 1 ? value : 1 - value)) as Float32Array };
  const run = (input: HostTensor): Promise<Record<string, HostTensor>> => runDeviceStage(embed, { dimensions, resources: { networks }, options: { identitySize: 112 }, inputs: { image: input, mask } });
  const [first, second] = [await run(image), await run(other)];
  assert.equal(second, first);
  close(first.features!, [0, 1].flatMap((row) => [...first.identity!.data.slice(128 * row, 128 * row + 128), ...first.attributes!.data.slice(768 * row, 768 * row + 768)]));
});

test('networks that nobody reads need not run', async () => {
  const run = (options: Record<string, unknown>): Promise<Record<string, HostTensor>> =>
    runDeviceStage(embed, { dimensions, resources: { networks }, options: { identitySize: 112, ...options }, inputs: { image, mask } });
  const [both, identity, attributes] = [await run({}), await run({ only: 'identity' }), await run({ only: 'attributes' })];
  assert.equal(identity.identity, both.identity);
  assert.equal(attributes.attributes, both.attributes);
  assert.ok(identity.attributes!.data.every((value) => value === 0) && attributes.identity!.data.every((value) => value === 0));
});

test('decode starts at zero, and its paint follows the features once its last layer is not zero', async () => {
  const stage = await buildDeviceStage(decode, { dimensions, resources: { networks, face }, options: small, inputs: codes });
  const before = await stage.run(codes);
  assert.ok(before.residual!.data.every((value) => value === 0));
  const last = stage.variables.find(({ name }) => name.endsWith('block4/conv2/kernel'))!;
  stage.store.set(last.name, normalTensor(last.variable.shape));
  const spread = networks.statistics.identity.deviation[0]!;
  const first = await stage.run(codes);
  const second = await stage.run({ ...codes, identity: { ...codes.identity, data: codes.identity.data.map((value) => value * -spread) as Float32Array } });
  assert.ok(first.residual!.data.some((value, index) => Math.abs(value - second.residual!.data[index]!) > 1e-3));
  stage.dispose();
});

test('decode asks for features', async () => {
  try {
    await buildDeviceStage(decode, { dimensions, resources: { networks, face }, options: small, inputs: {} });
    assert.unreachable('it must fail');
  } catch (error) {
    assert.match(String(error), 'no features are connected');
  }
});

test('standardise puts features on one scale', async () => {
  const [mean, deviation] = [float32([1, 2, 3], [3]), float32([2, 0, 4], [3])];
  const result = standardise(toTensor(float32([3, 2.1, 103], [1, 3])), toTensor(mean), toTensor(deviation));
  close(result, [1, 0.1 / 0.2, 5]);
  await checkGradient((x) => standardise(x, toTensor(mean), toTensor(float32([2, 3, 4], [3]))), [[2, 3]]);
});

test('squared spreads of features that stand side by side add', () => {
  const part = (spread: number): Parameters<typeof joinStatistics>[0][number] => ({ mean: Float32Array.of(spread), deviation: Float32Array.of(1), spread });
  assert.equal(joinStatistics([part(3), part(4)]), { mean: Float32Array.of(3, 4), deviation: Float32Array.of(1, 1), spread: 5 });
});

test.run();
