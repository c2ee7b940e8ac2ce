import * as assert from 'uvu/assert';
import { matMulShared, tf, type Tensor } from '../../../framework/device/index.js';
import { checkGradient, close, normalTensor, testOperator, toTensor } from '../../../framework/testing/index.js';
import { vertexLinear } from '../maths/vertex-linear.js';

testOperator('vertexLinear', {
  runs: () => tf.tidy(() => void vertexLinear(tf.zeros([1, 4, 2]), tf.zeros([2, 3]))),
  shapes: () => tf.tidy(() => assert.equal(vertexLinear(tf.zeros([3, 5, 2]), tf.zeros([2, 7])).shape, [3, 5, 7])),
  refuses: () => tf.tidy(() => assert.throws(() => vertexLinear(tf.zeros([1, 4, 2]), tf.zeros([3, 3])), /\[1, 4, 2\]/)),
  values: () =>
    tf.tidy(() => {
      // Rows that fill chunks of 256 and do not, widths that fill vectors of eight and do not.
      for (const [batch, vertices, from, to] of [[2, 5, 3, 2], [1, 256, 4, 8], [3, 171, 7, 9], [2, 300, 18, 16]] as const) {
        const [x, weights] = [toTensor(normalTensor([batch, vertices, from])), toTensor(normalTensor([from, to]))];
        close(vertexLinear(x, weights), matMulShared(x, weights));
        const slopes = (linear: (x: Tensor, weights: Tensor) => Tensor): Tensor[] =>
          tf.grads((...inputs: Tensor[]) => tf.sum(tf.square(linear(inputs[0]!, inputs[1]!))))([x, weights]);
        const expected = slopes(matMulShared);
        slopes(vertexLinear).forEach((slope, index) => close(slope, expected[index]!, { rtol: 1e-4, atol: 2e-3 }));
      }
    }),
  gradient: async () => void (await checkGradient(vertexLinear, [[2, 11, 5], [5, 3]])),
  batch: () =>
    tf.tidy(() => {
      const [x, weights] = [toTensor(normalTensor([3, 7, 5])), toTensor(normalTensor([5, 2]))];
      close(vertexLinear(x, weights), tf.concat(tf.split(x, 3).map((sample) => vertexLinear(sample, weights)), 0));
    }),
});
