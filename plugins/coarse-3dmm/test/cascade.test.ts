import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFor, sizeOf, type HostTensor } from '../../../framework/index.js';
import { tf, useEngine, type Tensor, type Variable } from '../../../framework/device/index.js';
import { close, normalTensor, toTensor, uniformTensor } from '../../../framework/testing/index.js';
import { projectVertices } from '../../rasterizer/index.js';
import { coefficientCount, coefficientGroup } from '../host/coefficients.js';
import { decodeHost } from '../host/decode-host.js';
import type { FaceModel } from '../host/face-model.js';
import { denseNormals } from '../host/fit/dense-normals.js';
import { rotationOf } from '../host/fit/pose.js';
import { heads } from '../host/heads.js';
import { stage } from '../stages/cascade.js';
import { builtFace } from './built-face.js';

const test = suite('cascade');
const size = 48;
const points = 468;
const featuresOf = (openings: boolean): number => 4 * (points + (openings ? 9 * 7 : 0)) + coefficientCount;
const units = heads.flatMap(({ size: count, unit }) => new Array<number>(count).fill(unit));
const angleAt = 224;
let face: FaceModel;
const constants = new Map<string, Tensor>();
const variables = new Map<string, Variable>();

test.before(async () => {
  await useEngine('wasm');
  face = await builtFace();
});
test.after(() => [...constants.values(), ...variables.values()].forEach((tensor) => tensor.dispose()));

/** A step whose variables start as documented, or at random where `spread` is not zero. */
function makeStep(spread = 0, openings = false, upToYaw = 180, hidden = 6): (image: Tensor, coefficients: Tensor) => Tensor {
  variables.forEach((variable) => variable.dispose());
  variables.clear();
  const built = stage.build({
    options: { hidden, openings, upToYaw }, stage: 'cascade', inputs: ['image', 'coefficients'], log: () => undefined,
    resource: () => face as never,
    shapeOf: (port) => (port === 'image' ? [size, size, 3] : [coefficientCount]),
    variable: (name, shape, initial) => {
      const random = randomFor('cascade test', name);
      const data = spread === 0 ? initial(random, shape) : Float32Array.from({ length: sizeOf(shape) }, () => spread * random.normal());
      variables.set(name, tf.variable(tf.tensor(data, [...shape])));
      return variables.get(name)!;
    },
    constant: (name: string, make: () => HostTensor) => {
      if (!constants.has(name)) constants.set(name, toTensor(make()));
      return constants.get(name)!;
    },
  });
  return (image, coefficients) => built.run({ image, coefficients }, { draws: {}, training: false }).coefficients;
}

function someone(batch: number): HostTensor {
  const noise = normalTensor([batch, coefficientCount], 'cascade');
  return { ...noise, data: (noise.data as Float32Array).map((value, at) => (at % coefficientCount < 224 ? 0.4 : 0.1) * value) };
}

/** A picture whose colours rise evenly to the right and down: bilinear sampling of it is exact anywhere inside. */
const slopes = [[0.004, 0.002], [0.001, 0.006], [0.005, 0.003]] as const;
function ramp(): Tensor {
  return tf.tensor(Array.from({ length: size * size * 3 }, (_, at) => {
    const [row, column, channel] = [Math.floor(at / (3 * size)), Math.floor(at / 3) % size, at % 3] as [number, number, 0 | 1 | 2];
    return 0.1 + slopes[channel][0] * (column + 0.5) + slopes[channel][1] * (row + 0.5);
  }), [1, size, size, 3]);
}

/** φ in float64: where the 468 points lie and those across eyes and mouth, what the ramp is there, and how far they face the viewer. */
function expectedFeatures(coefficients: Float32Array, openings: boolean): number[] {
  const { vertices: corners, weights } = face.denseLandmarks;
  const { vertices } = decodeHost(face, coefficients);
  const normals = denseNormals(face);
  const turn = rotationOf(coefficientGroup(coefficients, 'angles') as unknown as readonly [number, number, number]);
  const placeOf = (point: number): number[] =>
    [0, 1, 2].map((axis) => [0, 1, 2].reduce((sum, corner) => sum + weights[3 * point + corner]! * vertices[3 * corners[3 * point + corner]! + axis]!, 0));
  const seen = (place: readonly number[], point: number): number[] => {
    const [column, row] = projectVertices(Float64Array.from(place), size) as unknown as [number, number];
    const towards = [0, 1, 2].reduce((sum, axis) => sum + turn[6 + axis]! * normals[3 * point + axis]!, 0);
    const facing = Math.min(1, Math.max(0, towards / 0.25));
    return [...slopes.map(([right, down]) => facing * 2 * (0.1 + right * column + down * row - 0.5)), facing];
  };
  const found = Array.from({ length: points }, (_, point) => seen(placeOf(point), point)).flat();
  const margins = openings ? [[160, 144], [159, 145], [158, 153], [387, 373], [386, 374], [385, 380], [82, 87], [13, 14], [312, 317]] as const : [];
  for (const [upper, lower] of margins) {
    for (const share of [-0.6, 0, 0.25, 0.5, 0.75, 1, 1.6]) {
      const [from, to] = [placeOf(upper), placeOf(lower)];
      found.push(...seen(from.map((value, axis) => value + share * (to[axis]! - value)), share < 0.5 ? upper : lower));
    }
  }
  return [...found, ...Array.from(coefficients, (value, at) => (0.3 * value) / units[at]!)];
}

test('an untrained step changes nothing', () => {
  const step = makeStep();
  tf.tidy(() => {
    const coefficients = someone(2);
    close(step(toTensor(uniformTensor([2, size, size, 3], 0, 1)), toTensor(coefficients)), coefficients.data);
  });
});

for (const openings of [false, true]) {
  test(`it looks at the points of the face${openings ? ', across eyes and mouth' : ''} and at the coefficients`, () => {
    const step = makeStep(0, openings);
    const features = featuresOf(openings);
    const coefficients = someone(1);
    const expected = expectedFeatures(coefficients.data as Float32Array, openings);
    assert.is(expected.length, features);
    tf.tidy(() => {
      for (let first = 0; first < features; first += coefficientCount) {
        const shown = Math.min(coefficientCount, features - first);
        // Each coefficient shows one feature.
        variables.get('direct/kernel')!.assign(tf.pad(tf.eye(shown) as tf.Tensor2D, [[first, features - first - shown], [0, coefficientCount - shown]]));
        const moved = tf.sub(step(ramp(), toTensor(coefficients)), toTensor(coefficients));
        const seen = tf.mul(tf.div(moved, units), Math.sqrt(features)).reshape([-1]).slice([0], [shown]);
        close(seen, expected.slice(first, first + shown), { rtol: 1e-3, atol: 2e-3 });
      }
    });
  });
}

test('without rectified units the step is linear in what is seen', () => {
  const step = makeStep(0.3, false, 180, 0);
  assert.equal([...variables.keys()], ['direct/kernel', 'output/bias']);
  tf.tidy(() => {
    const [image, coefficients] = [ramp(), toTensor(someone(1))];
    const before = tf.sub(step(image, coefficients), coefficients);
    const bias = tf.mul(variables.get('output/bias')!, units);
    variables.get('direct/kernel')!.assign(tf.mul(variables.get('direct/kernel')!, 2));
    close(tf.sub(tf.sub(step(image, coefficients), coefficients), bias), tf.mul(tf.sub(before, bias), 2).dataSync(), { rtol: 1e-4, atol: 1e-4 });
  });
});

test('beyond the yaw it is meant for a step fades out', () => {
  const pictures = uniformTensor([5, size, size, 3], 0, 1);
  const { data, shape } = someone(5);
  const yaws = [30, -50, 50, 59, -75];
  const faces = Float32Array.from(data as Float32Array, (value, at) => (at % coefficientCount === angleAt + 1 ? (yaws[Math.floor(at / coefficientCount)]! * Math.PI) / 180 : value));
  const moved = (upToYaw: number): Float32Array => {
    const step = makeStep(0.3, false, upToYaw);
    return tf.tidy(() => {
      const coefficients = tf.tensor(faces, [...shape]);
      return tf.sub(step(toTensor(pictures), coefficients), coefficients).dataSync() as Float32Array;
    });
  };
  const [whole, faded] = [moved(180), moved(40)];
  close(faded, whole.map((value, at) => [1, 0.5, 0.5, 0.05, 0][Math.floor(at / coefficientCount)]! * value), { atol: 1e-5 });
});

test('a batch gives what its samples give one by one', () => {
  const step = makeStep(0.3, true);
  tf.tidy(() => {
    const [images, coefficients] = [toTensor(uniformTensor([3, size, size, 3], 0, 1)), toTensor(someone(3))];
    const all = step(images, coefficients);
    for (let sample = 0; sample < 3; sample++) close(all.slice([sample], [1]), step(images.slice([sample], [1]), coefficients.slice([sample], [1])));
  });
});

test('the gradient of every variable is what the values say, and that of the coefficients is the sum\'s', () => {
  const step = makeStep(0.3);
  tf.tidy(() => {
    const [images, coefficients, weights] = [toTensor(uniformTensor([2, size, size, 3], 0, 1)), toTensor(someone(2)), toTensor(normalTensor([2, coefficientCount], 'weights'))];
    const loss = (): tf.Scalar => tf.sum(tf.mul(step(images, coefficients), weights)) as tf.Scalar;
    for (const variable of variables.values()) {
      const gradient = tf.variableGrads(loss, [variable]).grads[variable.name]!;
      const [values, norm] = [variable.clone(), gradient.norm().dataSync()[0]!];
      assert.ok(norm > 0, `a gradient reaches ${variable.name}`);
      const move = (by: number): number => {
        variable.assign(values.add(gradient.mul(by / norm)) as Tensor);
        return Array.from(tf.mul(step(images, coefficients), weights).dataSync()).reduce((sum, value) => sum + value, 0);
      };
      const slope = (move(1e-2) - move(-1e-2)) / 2e-2;
      variable.assign(values);
      assert.ok(Math.abs(slope - norm) < 0.02 * norm, `${variable.name}: slope ${slope}, norm ${norm}`);
    }
    close(tf.grad((x: Tensor) => tf.sum(tf.mul(step(images, x), weights)))(coefficients), weights.dataSync());
  });
});

test.run();
