import * as assert from 'uvu/assert';
import { tf } from '../../../framework/device/index.js';
import { int32 } from '../../../framework/index.js';
import { checkGradient, close, normalTensor, testOperator, toTensor } from '../../../framework/testing/index.js';
import { interpolate } from '../maths/interpolate.js';

const [height, width, channels] = [3, 4, 5];
const triangles = int32([0, 1, 2, 3, 2, 1, 0, 3, 5], [3, 3]);
const ids = int32([0, 0, 1, -1, 2, 1, 1, 0, -1, -1, 2, 2, -1, 1, 0, 2, 2, 2, 0, 0, 1, -1, 1, 1], [2, height, width]);
const attributes = normalTensor([2, 6, channels], 'attributes');
const weights = normalTensor([2, height, width, 3], 'weights');
const run = () => interpolate(toTensor(attributes), toTensor(triangles), toTensor(ids), toTensor(weights));

testOperator('interpolate', {
  runs: () => tf.tidy(() => void run()),
  shapes: () => tf.tidy(() => assert.equal(run().shape, [2, height, width, channels])),
  refuses: () => tf.tidy(() => {
    assert.throws(
      () => interpolate(toTensor(attributes), toTensor(triangles), toTensor(ids), tf.zeros([2, 4, 3, 3])),
      /interpolate: "barycentrics" has a wrong shape/,
    );
    assert.throws(
      () => interpolate(tf.zeros([3, 6, 5]), toTensor(triangles), toTensor(ids), toTensor(weights)),
      /interpolate: "ids" has a wrong shape/,
    );
    assert.throws(
      () => interpolate(toTensor(attributes), toTensor(triangles), toTensor(ids), toTensor(weights), { first: 3, count: 3 }),
      /interpolate: the attributes do not have these channels/,
    );
  }),
  values: () => tf.tidy(() => {
    const expected = Array.from(ids.data).flatMap((id, pixel) => Array.from({ length: channels }, (_, channel) => {
      if (id < 0) return 0;
      const image = Math.floor(pixel / (height * width));
      return [0, 1, 2].reduce((sum, corner) => {
        const vertex = triangles.data[id * 3 + corner]!;
        return sum + weights.data[pixel * 3 + corner]! * attributes.data[(image * 6 + vertex) * channels + channel]!;
      }, 0);
    }));
    close(run(), expected);
    const some = interpolate(toTensor(attributes), toTensor(triangles), toTensor(ids), toTensor(weights), { first: 1, count: 3 });
    close(some, tf.slice(run(), [0, 0, 0, 1], [-1, -1, -1, 3]), { rtol: 0, atol: 0 });
  }),
  gradient: async () => {
    await checkGradient((a, t, i, w) => interpolate(a!, t!, i!, w!), [attributes, triangles, ids, weights]);
    await checkGradient((a, t, i, w) => interpolate(a!, t!, i!, w!, { first: 2, count: 2 }), [attributes, triangles, ids, weights]);
  },
  batch: () => tf.tidy(() => {
    const both = run();
    for (const b of [0, 1]) {
      const one = interpolate(
        toTensor(attributes).slice([b], [1]), toTensor(triangles), toTensor(ids).slice([b], [1]), toTensor(weights).slice([b], [1]),
      );
      close(both.slice([b], [1]), one, { rtol: 0, atol: 0 });
    }
  }),
});
