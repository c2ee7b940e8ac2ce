import * as assert from 'uvu/assert';
import { tf } from '../../../framework/device/index.js';
import { checkGradient, close, normalTensor, testOperator, toTensor } from '../../../framework/testing/index.js';
import { faceAlbedo, faceShape, linearOffsets } from '../maths/linear-face-model.js';

const basis = normalTensor([15, 7], 'basis');
const coefficients = normalTensor([3, 7], 'coefficients');

/** Float64 loops. */
function reference(): number[] {
  const result: number[] = [];
  for (let sample = 0; sample < 3; sample++) {
    for (let row = 0; row < 15; row++) {
      let sum = 0;
      for (let mode = 0; mode < 7; mode++) sum += basis.data[row * 7 + mode]! * coefficients.data[sample * 7 + mode]!;
      result.push(sum);
    }
  }
  return result;
}

testOperator('linearOffsets', {
  runs: () => tf.tidy(() => void linearOffsets(toTensor(basis), toTensor(coefficients))),
  shapes: () => tf.tidy(() => assert.equal(linearOffsets(toTensor(basis), toTensor(coefficients)).shape, [3, 5, 3])),
  refuses: () => tf.tidy(() => {
    assert.throws(() => linearOffsets(toTensor(basis), tf.zeros([3, 6])), /"coefficients" has a wrong shape: expected \[B, 7\], got \[3, 6\]/);
  }),
  values: () => tf.tidy(() => {
    close(linearOffsets(toTensor(basis), toTensor(coefficients)), reference());
    const bases = { meanShape: tf.ones([5, 3]), identity: toTensor(basis), expression: toTensor(basis) };
    close(faceShape(bases, toTensor(coefficients), tf.zeros([3, 7])), reference().map((value) => value + 1));
    close(faceAlbedo(tf.fill([5, 3], 0.5), toTensor(basis), tf.zeros([2, 7])), new Float32Array(30).fill(0.5));
  }),
  gradient: async () => void (await checkGradient((x) => linearOffsets(tf.tensor(basis.data, [15, 7]), x), [coefficients])),
  batch: () => tf.tidy(() => {
    const both = linearOffsets(toTensor(basis), toTensor(coefficients));
    for (let sample = 0; sample < 3; sample++) {
      const one = linearOffsets(toTensor(basis), toTensor(coefficients).slice([sample, 0], [1, 7]));
      close(both.slice([sample, 0, 0], [1, 5, 3]), one);
    }
  }),
});
