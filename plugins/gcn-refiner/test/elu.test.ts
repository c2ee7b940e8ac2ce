import * as assert from 'uvu/assert';
import { tf } from '../../../framework/device/index.js';
import { checkGradient, close, normalTensor, testOperator, toTensor } from '../../../framework/testing/index.js';
import { elu } from '../maths/elu.js';

const x = normalTensor([3, 5, 2]);

testOperator('elu', {
  runs: () => tf.tidy(() => void elu(tf.zeros([2]))),
  shapes: () => tf.tidy(() => assert.equal(elu(tf.zeros([2, 1, 3])).shape, [2, 1, 3])),
  refuses: { skip: 'every tensor has one' },
  values: () => tf.tidy(() => close(elu(toTensor(x)), x.data.map((value) => (value > 0 ? value : Math.expm1(value))))),
  // The kink at 0 is in the second derivative: a step of 1e-2 crosses it without harm.
  gradient: async () => void (await checkGradient(elu, [x])),
  batch: () => tf.tidy(() => close(elu(toTensor(x)), tf.concat(tf.split(toTensor(x), 3).map(elu), 0))),
});
