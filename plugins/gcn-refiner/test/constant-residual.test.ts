import * as assert from 'uvu/assert';
import { tf } from '../../../framework/device/index.js';
import { checkGradient, close, normalTensor, testOperator, toTensor } from '../../../framework/testing/index.js';
import { constantResidual } from '../maths/constant-residual.js';

const residual = normalTensor([5, 3]);
const albedo = normalTensor([2, 5, 3], 'albedo');

testOperator('constant-residual', {
  runs: () => tf.tidy(() => void constantResidual(tf.zeros([1, 2, 3]), tf.zeros([2, 3]))),
  shapes: () => tf.tidy(() => assert.equal(constantResidual(tf.zeros([4, 2, 3]), tf.zeros([2, 3])).shape, [4, 2, 3])),
  refuses: () => tf.tidy(() => assert.throws(() => constantResidual(tf.zeros([4, 2, 3]), tf.zeros([3, 3])), /Shapes 3,3 and 2,3/)),
  values: () => tf.tidy(() => close(constantResidual(toTensor(albedo), toTensor(residual)), [...residual.data, ...residual.data])),
  gradient: async () => void (await checkGradient((r) => constantResidual(toTensor(albedo), r!), [residual])),
  batch: () => tf.tidy(() => {
    const both = constantResidual(toTensor(albedo), toTensor(residual));
    close(both, tf.concat(tf.split(toTensor(albedo), 2).map((one) => constantResidual(one, toTensor(residual))), 0));
  }),
});
