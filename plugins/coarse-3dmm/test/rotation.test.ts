import * as assert from 'uvu/assert';
import { tf } from '../../../framework/device/index.js';
import { checkGradient, close, normalTensor, testOperator, toTensor } from '../../../framework/testing/index.js';
import { poseVertices, rotationMatrix } from '../maths/rotation.js';

const vertices = normalTensor([2, 5, 3], 'vertices');
const angles = normalTensor([2, 3], 'angles');
const translation = normalTensor([2, 3], 'translation');

type Matrix = number[][];
const product = (a: Matrix, b: Matrix): Matrix => a.map((row) => [0, 1, 2].map((j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));

/** The three matrices written out and multiplied in float64. */
function reference(x: number, y: number, z: number): Matrix {
  const rx = [[1, 0, 0], [0, Math.cos(x), -Math.sin(x)], [0, Math.sin(x), Math.cos(x)]];
  const ry = [[Math.cos(y), 0, Math.sin(y)], [0, 1, 0], [-Math.sin(y), 0, Math.cos(y)]];
  const rz = [[Math.cos(z), -Math.sin(z), 0], [Math.sin(z), Math.cos(z), 0], [0, 0, 1]];
  return product(rz, product(ry, rx));
}

testOperator('rotationMatrix and poseVertices', {
  runs: () => tf.tidy(() => void poseVertices(toTensor(vertices), toTensor(angles), toTensor(translation))),
  shapes: () => tf.tidy(() => {
    assert.equal(rotationMatrix(tf.zeros([4, 3])).shape, [4, 3, 3]);
    assert.equal(poseVertices(toTensor(vertices), toTensor(angles), toTensor(translation)).shape, [2, 5, 3]);
  }),
  refuses: () => tf.tidy(() => {
    assert.throws(() => rotationMatrix(tf.zeros([3])), /"angles" has a wrong shape/);
    assert.throws(() => poseVertices(tf.zeros([2, 5, 3]), tf.zeros([1, 3]), tf.zeros([2, 3])), /"angles" has a wrong shape/);
  }),
  values: () => tf.tidy(() => {
    const matrices = [0, 1].map((sample) => reference(...(Array.from(angles.data.slice(sample * 3, sample * 3 + 3)) as [number, number, number])));
    close(rotationMatrix(toTensor(angles)), matrices.flat(2));
    // Pitch turns the nose (0, 0, 1) down for positive angles, yaw turns it to the right of the picture.
    close(poseVertices(tf.tensor([[[0, 0, 1]]]), tf.tensor([[0.3, 0, 0]]), tf.zeros([1, 3])), [0, -Math.sin(0.3), Math.cos(0.3)]);
    close(poseVertices(tf.tensor([[[0, 0, 1]]]), tf.tensor([[0, 0.3, 0]]), tf.tensor([[1, 2, 3]])), [1 + Math.sin(0.3), 2, 3 + Math.cos(0.3)]);
    const moved = Array.from({ length: 2 }, (_, sample) => Array.from({ length: 5 }, (_, vertex) => matrices[sample]!.map((row, axis) =>
      row.reduce((sum, value, k) => sum + value * vertices.data[(sample * 5 + vertex) * 3 + k]!, translation.data[sample * 3 + axis]!))));
    close(poseVertices(toTensor(vertices), toTensor(angles), toTensor(translation)), moved.flat(2));
  }),
  gradient: async () => void (await checkGradient(poseVertices, [vertices, angles, translation])),
  batch: () => tf.tidy(() => {
    const both = poseVertices(toTensor(vertices), toTensor(angles), toTensor(translation));
    for (let sample = 0; sample < 2; sample++) {
      const pick = (x: tf.Tensor): tf.Tensor => x.slice([sample], [1]);
      close(pick(both), poseVertices(pick(toTensor(vertices)), pick(toTensor(angles)), pick(toTensor(translation))));
    }
  }),
});
