import * as assert from 'uvu/assert';
import { tf } from '../../../framework/device/index.js';
import { checkGradient, close, testOperator } from '../../../framework/testing/index.js';
import { unitVectors } from '../maths/unit-vectors.js';

testOperator('unitVectors', {
  runs: () => tf.tidy(() => void unitVectors(tf.ones([2, 3]))),
  shapes: () => tf.tidy(() => assert.equal(unitVectors(tf.ones([2, 5, 4, 3])).shape, [2, 5, 4, 3])),
  refuses: () => tf.tidy(() => {
    assert.throws(() => unitVectors(tf.ones([3, 2])), /unitVectors: rows hold three numbers/);
  }),
  values: () => tf.tidy(() => {
    close(unitVectors(tf.tensor([[3, 0, 4], [0, -2, 0], [0, 0, 0]])), [0.6, 0, 0.8, 0, -1, 0, 0, 0, 0]);
    const gradient = tf.grad((x) => unitVectors(x))(tf.zeros([1, 3]));
    assert.equal(Array.from(gradient.dataSync()), [0, 0, 0], 'a zero row passes no gradient');
  }),
  gradient: async () => void (await checkGradient((x) => unitVectors(x!), [[2, 5, 3]])),
  batch: () => tf.tidy(() => {
    const rows = tf.tensor([[1, 2, 3], [-4, 5, 6]]);
    close(unitVectors(rows).slice([1], [1]), unitVectors(rows.slice([1], [1])), { rtol: 0, atol: 0 });
  }),
});
