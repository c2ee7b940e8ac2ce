/** Each loss: 0 for a perfect prediction, float64 loops as oracle, numeric gradients, batch equals singles. */
import * as assert from 'uvu/assert';
import { tf, type Tensor } from '../../../framework/device/index.js';
import { checkGradient, close, normalTensor, testOperator, toTensor, uniformTensor } from '../../../framework/testing/index.js';
import { float32, int32, type HostTensor } from '../../../framework/index.js';
import { attributeDistance } from '../maths/attribute.js';
import { coefficientConsistency, type GroupNumbers } from '../maths/coefficient-consistency.js';
import { coefficientPrior } from '../maths/coefficient-prior.js';
import { identityDistance } from '../maths/identity.js';
import { deep3dLandmarkWeights, landmarkDistance } from '../maths/landmark.js';
import { lightPrior } from '../maths/light-prior.js';
import { photometric } from '../maths/photometric.js';
import { skinVariance } from '../maths/skin-variance.js';
import { weightedSum } from '../maths/weighted-sum.js';

interface LossCase {
  readonly loss: (...inputs: Tensor[]) => Tensor;
  readonly inputs: readonly HostTensor[];
  /** The loss of one sample in float64. */
  readonly oracle: (...samples: Float32Array[]) => number;
  /** Inputs for which the loss is 0. */
  readonly perfect?: readonly HostTensor[];
}

function testLoss(name: string, { loss, inputs, oracle, perfect }: LossCase): void {
  const batch = inputs[0]!.shape[0]!;
  const row = (input: HostTensor, sample: number): HostTensor => {
    const size = input.data.length / batch;
    return { ...input, data: input.data.slice(sample * size, (sample + 1) * size), shape: [1, ...input.shape.slice(1)] };
  };
  testOperator(name, {
    runs: () => tf.tidy(() => void loss(...inputs.map(toTensor))),
    shapes: () => tf.tidy(() => assert.equal(loss(...inputs.map(toTensor)).shape, [batch])),
    refuses: { skip: 'the ports of the stage are checked before it runs' },
    values: () =>
      tf.tidy(() => {
        const expected = Array.from({ length: batch }, (_, sample) => oracle(...inputs.map((input) => row(input, sample).data as Float32Array)));
        close(loss(...inputs.map(toTensor)), expected, { rtol: 2e-4 });
        if (perfect) close(loss(...perfect.map(toTensor)), new Float32Array(batch), { atol: 2e-6, rtol: 0 });
      }),
    gradient: async () => void (await checkGradient(loss, inputs)),
    batch: () =>
      tf.tidy(() => {
        const alone = Array.from({ length: batch }, (_, sample) => loss(...inputs.map((input) => toTensor(row(input, sample)))));
        close(loss(...inputs.map(toTensor)), tf.concat(alone, 0));
      }),
  });
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => sum(Array.from(a, (value, index) => value * b[index]!));

/** Whole numbers, so that the gradient check leaves them alone. */
const mask = (every: number, on: number): HostTensor => int32(Int32Array.from({ length: 90 }, (_, index) => (index % every === 0 ? 1 - on : on)), [2, 5, 9, 1]);
const photo = uniformTensor([2, 5, 9, 3], 0, 1, 'photo');
const masks = [mask(3, 1), mask(5, 1), mask(7, 0)];
testLoss('photometric (Eq. 6)', {
  loss: (image, render, ...shades) => {
    const [face, coverage, occluder] = shades.map((shade) => tf.cast(shade, 'float32'));
    return photometric({ image: image!, render: render!, masks: [face!, coverage!], exclude: occluder });
  },
  inputs: [photo, uniformTensor([2, 5, 9, 3], 0, 1, 'render'), ...masks],
  oracle: (image, render, face, coverage, occluder) => {
    let [distance, count] = [0, 0];
    for (let pixel = 0; pixel < 45; pixel++) {
      const weight = face![pixel]! * coverage![pixel]! * (1 - occluder![pixel]!);
      distance += weight * Math.hypot(...[0, 1, 2].map((channel) => image![3 * pixel + channel]! - render![3 * pixel + channel]!));
      count += weight;
    }
    return distance / count;
  },
  perfect: [photo, photo, ...masks],
});

const mean = float32(normalTensor([6], 'mean').data as Float32Array, [6]);
testLoss('identityDistance (Eq. 7), centred', {
  loss: (f, g) => identityDistance(f, g, toTensor(mean)),
  inputs: [normalTensor([3, 6], 'f'), normalTensor([3, 6], 'g')],
  oracle: (f, g) => {
    const [a, b] = [f.map((value, index) => value - mean.data[index]!), g.map((value, index) => value - mean.data[index]!)];
    return 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  },
  perfect: [normalTensor([3, 6], 'f'), normalTensor([3, 6], 'f')],
});
testLoss('identityDistance (Eq. 7), raw', {
  loss: (f, g) => identityDistance(f, g),
  inputs: [normalTensor([3, 6], 'f'), normalTensor([3, 6], 'g')],
  oracle: (f, g) => 1 - dot(f, g) / Math.sqrt(dot(f, f) * dot(g, g)),
});

testLoss('attributeDistance (Eq. 8)', {
  loss: (f, g) => attributeDistance(f, g, 2.5),
  inputs: [normalTensor([3, 7], 'f'), normalTensor([3, 7], 'g')],
  oracle: (f, g) => Math.hypot(...f.map((value, index) => value - g[index]!)) / 2.5,
  perfect: [normalTensor([3, 7], 'f'), normalTensor([3, 7], 'f')],
});

const weights: GroupNumbers = { identity: 1, expression: 0.5, albedo: 0, angles: 2, light: 1, translation: 3, depth: 0.25 };
const scales: GroupNumbers = { identity: 1, expression: 2, albedo: 1, angles: 0.5, light: 0.4, translation: 0.8, depth: 0.5 };
const slices = { identity: [0, 80], expression: [80, 144], albedo: [144, 224], angles: [224, 227], light: [227, 254], translation: [254, 256], depth: [256, 257] } as const;
testLoss('coefficientConsistency', {
  loss: (predicted, target) => coefficientConsistency(predicted, target, weights, scales),
  inputs: [normalTensor([2, 257], 'p'), normalTensor([2, 257], 't')],
  oracle: (predicted, target) =>
    sum(Object.entries(slices).map(([group, [from, to]]) => {
      const key = group as keyof GroupNumbers;
      const squares = [...predicted.slice(from, to)].map((value, index) => ((value - target[from + index]!) / scales[key]) ** 2);
      return (weights[key] * sum(squares)) / squares.length;
    })),
  perfect: [normalTensor([2, 257], 'p'), normalTensor([2, 257], 'p')],
});

testLoss('coefficientPrior (Deep3D)', {
  loss: (coefficients) => coefficientPrior(coefficients, { identity: 1, expression: 0.8, albedo: 0.017 }),
  inputs: [normalTensor([2, 257])],
  oracle: (c) => dot(c.slice(0, 80), c.slice(0, 80)) + 0.8 * dot(c.slice(80, 144), c.slice(80, 144)) + 0.017 * dot(c.slice(144, 224), c.slice(144, 224)),
  perfect: [float32(new Float32Array(514), [2, 257])],
});

const white = float32(Float32Array.from({ length: 54 }, (_, index) => (index % 9 === 0 ? 0.25 : Math.sin((index % 9) + 1))), [2, 27]);
testLoss('lightPrior', {
  loss: (light) => lightPrior(light, { level: 0.25, levelWeight: 0.3 }),
  inputs: [normalTensor([2, 27])],
  oracle: (light) => {
    const grey = Array.from({ length: 9 }, (_, band) => (light[band]! + light[9 + band]! + light[18 + band]!) / 3);
    return sum(Array.from(light, (value, index) => (value - grey[index % 9]!) ** 2)) / 27 + 0.3 * (grey[0]! - 0.25) ** 2;
  },
  perfect: [white],
});

const landmarkWeights = float32(deep3dLandmarkWeights, [68]);
testLoss('landmarkDistance (Deep3D)', {
  loss: (predicted, target) => landmarkDistance(predicted, target, toTensor(landmarkWeights), 2),
  inputs: [normalTensor([2, 68, 2], 'p'), normalTensor([2, 68, 2], 't')],
  oracle: (p, t) =>
    (4 / 68) * sum(Array.from({ length: 68 }, (_, k) => ((k >= 28 && k <= 30) || k >= 60 ? 20 : 1) * ((p[2 * k]! - t[2 * k]!) ** 2 + (p[2 * k + 1]! - t[2 * k + 1]!) ** 2))),
  perfect: [normalTensor([2, 68, 2], 'p'), normalTensor([2, 68, 2], 'p')],
});

const skin = float32(Float32Array.from([0, 0.25, 0.25, 0.5, 0]), [5, 1]);
testLoss('skinVariance (Deep3D)', {
  loss: (albedo) => skinVariance(albedo, toTensor(skin)),
  inputs: [uniformTensor([2, 5, 3], 0, 1)],
  oracle: (albedo) =>
    sum([0, 1, 2].map((channel) => {
      const values = Array.from({ length: 5 }, (_, vertex) => albedo[3 * vertex + channel]!);
      const middle = dot(values, skin.data);
      return sum(values.map((value, vertex) => skin.data[vertex]! * (value - middle) ** 2));
    })),
  perfect: [float32(new Float32Array(30).fill(0.6), [2, 5, 3])],
});

testLoss('weightedSum', {
  loss: (a, b) => weightedSum([a, b], [0.2, 3]),
  inputs: [normalTensor([4], 'a'), normalTensor([4], 'b')],
  oracle: (a, b) => 0.2 * a[0]! + 3 * b[0]!,
});
