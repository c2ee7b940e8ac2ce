/** face-api's own CommonJS build, run on the same images, is the oracle of our forward passes. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tf, useEngine, type Tensor } from '../../../framework/device/index.js';
import { checkGradient, close, expectNoLeak, toTensor, uniformTensor } from '../../../framework/testing/index.js';
import { FlowError, type HostTensor } from '../../../framework/index.js';
import { readWeightMap } from '../host/weight-map.js';
import { ageGenderNetwork } from '../networks/age-gender.js';
import { expressionNetwork } from '../networks/expression.js';
import type { MakeConstant } from '../networks/frozen-convolution.js';
import { meanColour } from '../networks/mean-colour.js';
import { recognitionNetwork } from '../networks/recognition.js';

const require = createRequire(import.meta.url);
const folder = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'model');

interface Extractor {
  loadFromDisk(folder: string): Promise<void>;
  forwardInput(input: object): Tensor;
  readonly faceFeatureExtractor: { forwardInput(input: object): Tensor };
}
interface FaceApi {
  readonly NetInput: new (images: Tensor[]) => object;
  readonly nets: Readonly<Record<'faceRecognitionNet' | 'ageGenderNet' | 'faceExpressionNet', Extractor>>;
}

const constant: MakeConstant = (_name, make) => tf.keep(toTensor(make()));

/** A smooth picture with values in [0, 1]: noise alone hardly excites the networks. */
function picture(size: number, seed: number): HostTensor {
  const image = uniformTensor([size, size, 3], 0, 0.2, seed);
  const data = Float32Array.from(image.data, (noise, index) => {
    const [x, y] = [(Math.floor(index / 3) % size) / size, Math.floor(index / (3 * size)) / size];
    const face = Math.exp(-8 * ((x - 0.5) ** 2 + (y - 0.45) ** 2)) - 0.5 * Math.exp(-200 * ((Math.abs(x - 0.5) - 0.15) ** 2 + (y - 0.35) ** 2));
    return Math.min(1, Math.max(0, 0.75 * face * (1 - 0.15 * (index % 3)) + noise));
  });
  return { ...image, data };
}

const prepared = (image: Tensor): Tensor => tf.sub(image, meanColour);

test.before(async () => {
  await useEngine('wasm');
});

test('the three networks give what face-api gives', async () => {
  const faceApi = require('@vladmandic/face-api/dist/face-api.node-wasm.js') as FaceApi;
  const { faceRecognitionNet, ageGenderNet, faceExpressionNet } = faceApi.nets;
  for (const net of [faceRecognitionNet, ageGenderNet, faceExpressionNet]) await net.loadFromDisk(folder);
  const cases = [
    { size: 150, build: recognitionNetwork, file: 'face_recognition_model', oracle: (input: object) => faceRecognitionNet.forwardInput(input) },
    { size: 112, build: ageGenderNetwork, file: 'age_gender_model', oracle: (input: object) => tf.mean(ageGenderNet.faceFeatureExtractor.forwardInput(input), [1, 2]) },
    { size: 112, build: expressionNetwork, file: 'face_expression_model', oracle: (input: object) => tf.mean(faceExpressionNet.faceFeatureExtractor.forwardInput(input), [1, 2]) },
  ];
  for (const { size, build, file, oracle } of cases) {
    const network = build(constant, await readWeightMap(folder, file));
    await expectNoLeak(() => {
      tf.tidy(() => {
        const images = [picture(size, 1), picture(size, 2)].map(toTensor);
        const ours = network(prepared(tf.stack(images)));
        const theirs = tf.concat(images.map((image) => oracle(new faceApi.NetInput([tf.mul(image, 255)]))), 0);
        const level = tf.max(tf.abs(theirs)).dataSync()[0]!;
        assert.ok(level > 0.1, `${file}: the features must not vanish`);
        close(tf.div(ours, level), tf.div(theirs, level), { atol: 1e-4, rtol: 0 });
        const alone = tf.concat(images.map((image) => network(prepared(tf.expandDims(image)))), 0);
        close(ours, alone);
      });
    });
  }
});

test('the features follow the image with the right gradient', async () => {
  const cases = [
    { size: 113, build: recognitionNetwork, file: 'face_recognition_model' },
    { size: 112, build: ageGenderNetwork, file: 'age_gender_model' },
    { size: 89, build: expressionNetwork, file: 'face_expression_model' },
  ];
  for (const { size, build, file } of cases) {
    const network = build(constant, await readWeightMap(folder, file));
    const image = picture(size, 3);
    // Measured: up to 3e-3 where a step of 1e-2 crosses ReLU and maximum kinks of a deep network.
    await checkGradient((x) => network(prepared(x)), [{ ...image, shape: [1, size, size, 3] }], { tolerance: 1e-2 });
  }
});

test('a missing file is named', async () => {
  try {
    await readWeightMap('no-such-folder', 'age_gender_model');
    assert.unreachable('it must fail');
  } catch (error) {
    assert.ok(error instanceof FlowError && error.code === 'FLOW_WEIGHTS');
    assert.match((error as Error).message, 'age_gender_model-weights_manifest.json');
  }
});

test.run();
