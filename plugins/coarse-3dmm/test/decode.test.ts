import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFor, type HostTensor } from '../../../framework/index.js';
import { tf, useEngine, type Tensor } from '../../../framework/device/index.js';
import { checkGradient, close, normalTensor, toTensor } from '../../../framework/testing/index.js';
import { projectVertices } from '../../rasterizer/index.js';
import { coefficientCount, coefficientGroup } from '../host/coefficients.js';
import { decodeHost } from '../host/decode-host.js';
import type { FaceModel } from '../host/face-model.js';
import { stage } from '../stages/decode.js';
import { builtFace } from './built-face.js';

const size = 128;
const test = suite('decode');
let face: FaceModel;
let run: (coefficients: Tensor) => Record<'vertices' | 'albedo' | 'light' | 'landmarks' | 'shape', Tensor>;
const constants = new Map<string, Tensor>();

test.before(async () => {
  await useEngine('wasm');
  face = await builtFace();
  const decode = stage.build({
    options: { size }, stage: 'decode', inputs: ['coefficients'], log: () => undefined,
    resource: () => face as never,
    shapeOf: () => [coefficientCount],
    variable: () => { throw new Error('the decoder has no variables'); },
    constant: (name: string, make: () => HostTensor) => {
      if (!constants.has(name)) constants.set(name, toTensor(make()));
      return constants.get(name)!;
    },
  });
  run = (coefficients) => decode.run({ coefficients }, { draws: {}, training: false });
});
test.after(() => constants.forEach((constant) => constant.dispose()));

function random(batch: number): HostTensor {
  const noise = normalTensor([batch, coefficientCount], 'decode');
  return { ...noise, data: (noise.data as Float32Array).map((value) => 0.4 * value) };
}

test('convention: zero coefficients give the mean face at the origin, with flat light', () => tf.tidy(() => {
  const { vertices, albedo, light, shape } = run(tf.zeros([1, coefficientCount]));
  close(vertices, face.meanShape);
  close(shape, face.meanShape);
  close(albedo, face.meanAlbedo);
  close(light, new Float32Array(27));
}));

test('agrees with the decoder on the host, batch or not', () => tf.tidy(() => {
  const coefficients = random(3);
  const both = run(toTensor(coefficients));
  for (let sample = 0; sample < 3; sample++) {
    const own = (coefficients.data as Float32Array).slice(sample * coefficientCount, (sample + 1) * coefficientCount);
    const expected = decodeHost(face, own);
    const one = run(tf.tensor(own, [1, coefficientCount]));
    close(both.vertices.slice([sample], [1]), expected.vertices);
    close(both.albedo.slice([sample], [1]), expected.albedo);
    close(both.light.slice([sample], [1]), coefficientGroup(own, 'light'));
    close(one.vertices, expected.vertices);
    const pixels = projectVertices(expected.vertices, size);
    close(one.landmarks, Array.from(face.landmarks).flatMap((vertex) => [pixels[vertex * 3]!, pixels[vertex * 3 + 1]!]), { atol: 1e-3 });
  }
}));

test('landmarks of the mean face: the person\'s right eye is on the left of the picture, the chin below, all inside', () => tf.tidy(() => {
  const points = run(tf.zeros([1, coefficientCount])).landmarks.dataSync();
  assert.ok(points[36 * 2]! < points[45 * 2]!);
  assert.ok(points[8 * 2 + 1]! > points[27 * 2 + 1]!);
  assert.ok(points.every((value) => value > 0.1 * size && value < 0.9 * size));
}));

test('a positive third angle turns the face counter-clockwise in the picture', () => tf.tidy(() => {
  const turned = new Float32Array(coefficientCount);
  coefficientGroup(turned, 'angles')[2] = 0.3;
  const points = run(tf.tensor(turned, [1, coefficientCount])).landmarks.dataSync();
  assert.ok(points[45 * 2 + 1]! < points[36 * 2 + 1]! - 0.02 * size);
}));

test('the gradient of pose and shape is what the landmarks say', async () => {
  const noise = randomFor('decode gradient');
  const start = Float32Array.from({ length: coefficientCount }, () => 0.1 * noise.normal());
  await checkGradient((x) => run(x).landmarks, [{ dtype: 'float32', shape: [1, coefficientCount], data: start }], { epsilon: 3e-3, tolerance: 2e-3 });
});

test.run();
