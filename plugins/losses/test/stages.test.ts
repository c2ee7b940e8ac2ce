import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { useEngine } from '../../../framework/device/index.js';
import { float32 } from '../../../framework/index.js';
import { close, normalTensor, runDeviceStage, testStage, uniformTensor } from '../../../framework/testing/index.js';
import { coefficientConsistency, coefficientPrior, landmark, lightPrior, meshConsistency, skinVariance } from '../contracts/coefficients.js';
import { attribute, identity, photometric, robustified, selfAugmentation, total } from '../contracts/faces.js';

/** Statistics of made-up networks with 3 identity and 2 attribute features; the losses read nothing else. */
const networks = {
  statistics: {
    identity: { mean: Float32Array.from([0.5, 0, 0]), deviation: new Float32Array(3).fill(1), spread: 1 },
    attributes: { mean: new Float32Array(2), deviation: new Float32Array(2).fill(1), spread: 4 },
  },
};
const dimensions = { 'networks.identity': 3, 'networks.attributes': 2, 'networks.features': 5, 'face.vertices': 5 };
const face = {
  vertexCount: 5, skinMask: Uint8Array.from([0, 1, 1, 1, 0]),
  identityBasis: new Float32Array(15 * 80).fill(0.02), expressionBasis: new Float32Array(15 * 64).fill(0.01), albedoBasis: new Float32Array(15 * 80).fill(0.03),
};
const images = { image: uniformTensor([2, 6, 6, 3], 0, 1, 'i'), render: uniformTensor([2, 6, 6, 3], 0, 1, 'r') };
const mask = float32(Float32Array.from({ length: 72 }, (_, index) => (index % 4 === 0 ? 1 : 0)), [2, 6, 6, 1]);
const coefficients = normalTensor([2, 257], 'c');
const features = normalTensor([2, 5], 'f');

testStage('losses/photometric', photometric, { inputs: { ...images, mask, coverage: mask, exclude: mask } });
testStage('losses/identity', identity, { dimensions, resources: { networks }, inputs: { identity: normalTensor([2, 3], 'a'), render: normalTensor([2, 3], 'b') } });
testStage('losses/attribute', attribute, { dimensions, resources: { networks }, inputs: { attributes: normalTensor([2, 2], 'a'), render: normalTensor([2, 2], 'b') } });
testStage('losses/robustified', robustified, { dimensions, resources: { networks }, inputs: { features, rotated: normalTensor([2, 5], 'r'), occluded: normalTensor([2, 5], 'o') } });
testStage('losses/self-augmentation', selfAugmentation, { inputs: { rotated: normalTensor([2], 'a'), occluded: normalTensor([2], 'b') } });
testStage('losses/total', total, { inputs: { photometric: normalTensor([2], 'a'), identity: normalTensor([2], 'b') } });
testStage('losses/coefficient-consistency', coefficientConsistency, { inputs: { predicted: coefficients, target: normalTensor([2, 257], 't') } });
testStage('losses/mesh-consistency', meshConsistency, { resources: { face }, inputs: { predicted: coefficients, target: normalTensor([2, 257], 't') } });
testStage('losses/coefficient-prior', coefficientPrior, { inputs: { coefficients } });
testStage('losses/light-prior', lightPrior, { inputs: { coefficients } });
testStage('losses/landmark', landmark, { inputs: { predicted: normalTensor([2, 68, 2], 'p'), target: normalTensor([2, 68, 2], 't') } });
testStage('losses/skin-variance', skinVariance, { dimensions, resources: { face }, inputs: { albedo: uniformTensor([2, 5, 3], 0, 1) } });

test.before(async () => {
  await useEngine('wasm');
});

const one = (values: number[]): ReturnType<typeof float32> => float32(values, [1, ...(values.length > 1 ? [values.length] : [])]);

test('photometric leaves out what a mask or an occluder covers', async () => {
  const [image, render] = [new Float32Array(12).fill(0.5), new Float32Array(12).fill(0.5)];
  render.set([0.9, 0.5, 0.5], 0);
  render.set([0.5, 0.5, 0.2], 3);
  const picture = (data: Float32Array): ReturnType<typeof float32> => float32(data, [1, 2, 2, 3]);
  const shade = (values: number[]): ReturnType<typeof float32> => float32(values, [1, 2, 2, 1]);
  const run = async (inputs: object): Promise<number> =>
    (await runDeviceStage(photometric, { inputs: { image: picture(image), render: picture(render), ...inputs } })).value!.data[0]!;
  close(await run({}), 0.7 / 4);
  close(await run({ mask: shade([1, 0, 1, 1]) }), 0.4 / 3);
  close(await run({ mask: shade([1, 1, 1, 0]), coverage: shade([0, 1, 1, 1]) }), 0.3 / 2);
  close(await run({ exclude: shade([1, 0, 0, 0]) }), 0.3 / 3);
  close(await run({ mask: shade([0, 0, 0, 0]) }), 0);
});

test('mesh consistency is what the mesh moves and changes colour by', async () => {
  const run = async (changes: readonly (readonly [number, number])[]): Promise<number> => {
    const predicted = new Float32Array(257);
    for (const [at, value] of changes) predicted[at] = value;
    const inputs = { predicted: float32(predicted, [1, 257]), target: float32(new Float32Array(257), [1, 257]) };
    return (await runDeviceStage(meshConsistency, { resources: { face }, inputs })).value!.data[0]!;
  };
  // Each of three coordinates of every vertex moves by 0.02 · 2 dm; 0.03 dm count 1. A colour changes by 0.03 · 0.5; 0.05 count 1.
  close(await run([[3, 2]]), (3 * 0.04 ** 2) / 0.03 ** 2);
  close(await run([[150, 0.5]]), 0.015 ** 2 / 0.05 ** 2);
  close(await run([[225, 0.1], [227, 0.3], [255, 0.06], [256, 0.6]]), 4 / 3 + 9 / 27 + 4 / 2 + 4);
});

test('identity is centred unless told otherwise', async () => {
  const inputs = { identity: one([1.5, 0, 0]), render: one([0.5, 1, 0]) };
  const run = async (options: Record<string, unknown>): Promise<number> => (await runDeviceStage(identity, { dimensions, resources: { networks }, options, inputs })).value!.data[0]!;
  close(await run({}), 1);
  close(await run({ centre: false }), 1 - 0.75 / (1.5 * Math.hypot(0.5, 1)));
});

test('attribute is a share of the distance between people unless told otherwise', async () => {
  const inputs = { attributes: one([3, 0]), render: one([0, 4]) };
  const run = async (options: Record<string, unknown>): Promise<number> => (await runDeviceStage(attribute, { dimensions, resources: { networks }, options, inputs })).value!.data[0]!;
  close(await run({}), 5 / 4);
  close(await run({ scale: false }), 5);
});

test('robustified adds Eq. 7 and Eq. 8 over all renders, whatever their names', async () => {
  const inputs = { features: one([1.5, 0, 0, 3, 0]), rotated: one([0.5, 1, 0, 3, 0]), 'rotated-far': one([1.5, 0, 0, 0, 4]), occluded: one([1.5, 0, 0, 3, 0]) };
  const run = async (options: Record<string, unknown>): Promise<number> => (await runDeviceStage(robustified, { dimensions, resources: { networks }, options, inputs })).value!.data[0]!;
  close(await run({}), 1 + 5 / 4);
  close(await run({ reduce: 'mean', attribute: 0 }), 1 / 3);
});

test('self-augmentation is the weighted mean over the pairs', async () => {
  const inputs = { rotated: one([2]), originalRotated: one([4]), occluded: one([6]) };
  const run = async (options: Record<string, unknown>): Promise<number> => (await runDeviceStage(selfAugmentation, { options, inputs })).value!.data[0]!;
  close(await run({}), 4);
  close(await run({ weights: { occluded: 0, rotated: 3 } }), 2.5);
});

test('total weighs the terms as the paper does, and asks for the weight of an unknown one', async () => {
  const terms = { photometric: one([1]), identity: one([1]), attribute: one([1]), robustified: one([1]), selfAugmentation: one([1]) };
  const run = async (inputs: object, options = {}): Promise<number> => (await runDeviceStage(total, { options, inputs: inputs as typeof terms })).loss!.data[0]!;
  close(await run(terms), 1 + 0.2 + 0.005 + 0.001 + 1);
  close(await run(terms, { weights: { identity: 0.5 } }), 1 + 0.5 + 0.005 + 0.001 + 1);
  close(await run({ landmarks: one([3]) }, { weights: { landmarks: 2 } }), 6);
  const named = await runDeviceStage(total, { inputs: { ...terms, identity: one([3]) } });
  assert.equal(Object.keys(named).sort(), ['attribute', 'identity', 'loss', 'photometric', 'robustified', 'selfAugmentation']);
  close(named.identity!.data[0]!, 0.6);
  try {
    await run({ landmarks: one([3]) });
    assert.unreachable('it must ask for a weight');
  } catch (error) {
    assert.match((error as Error).message, 'the term "landmarks" has no weight');
  }
});

test.run();
