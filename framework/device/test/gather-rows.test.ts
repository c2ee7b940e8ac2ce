import * as assert from 'uvu/assert';
import { gatherRows, tf } from '../index.js';
import { int32 } from '../../values/host-tensor.js';
import { checkGradient, close, normalTensor, testOperator, toTensor } from '../../testing/index.js';

const shared = Int32Array.from([4, 0, 4, 2]);
const perSample = int32([4, 0, 4, 2, 1, 1], [2, 3]);

testOperator('gatherRows', {
  runs: () => tf.tidy(() => void gatherRows(tf.ones([1, 2, 3]), Int32Array.from([1]))),
  shapes: () => tf.tidy(() => {
    assert.equal(gatherRows(tf.zeros([2, 5, 3]), shared).shape, [2, 4, 3]);
    assert.equal(gatherRows(tf.zeros([2, 5, 3]), toTensor(perSample)).shape, [2, 3, 3]);
  }),
  refuses: () => tf.tidy(() => {
    assert.throws(() => gatherRows(tf.zeros([5, 3]), shared), /x must be \[B, N, C\], got \[5, 3\]/);
    assert.throws(() => gatherRows(tf.zeros([3, 5, 3]), toTensor(perSample)), /indices must be int32 \[M\] or \[3, M\]/);
    assert.throws(() => gatherRows(tf.zeros([1, 5, 3]), Int32Array.from([0, 5])), /index 5 at 1 is outside the 5 rows/);
    assert.throws(() => gatherRows(tf.zeros([1, 5, 3]), Int32Array.from([-1])), /index -1 at 0/);
  }),
  values: () => tf.tidy(() => {
    const x = normalTensor([2, 5, 3]);
    const rows = [[4, 0, 4], [2, 1, 1]];
    const expected = rows.flatMap((list, b) => list.flatMap((row) => [0, 1, 2].map((c) => x.data[(b * 5 + row) * 3 + c]!)));
    close(gatherRows(toTensor(x), toTensor(perSample)), expected, { rtol: 0, atol: 0 });
  }),
  gradient: async () => {
    await checkGradient((x) => gatherRows(x!, shared), [[2, 5, 3]]);
    await checkGradient((x) => gatherRows(x!, shared), [[2, 5, 11]]);
    await checkGradient((x, rows) => gatherRows(x!, rows!), [[2, 5, 3], perSample]);
  },
  batch: () => tf.tidy(() => {
    const x = toTensor(normalTensor([2, 5, 3]));
    const both = gatherRows(x, shared);
    for (const b of [0, 1]) close(both.slice([b], [1]), gatherRows(x.slice([b], [1]), shared), { rtol: 0, atol: 0 });
  }),
});
