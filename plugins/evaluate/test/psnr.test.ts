import * as assert from 'uvu/assert';
import { tf } from '../../../framework/device/index.js';
import { checkGradient, close, testOperator, toTensor, uniformTensor } from '../../../framework/testing/index.js';
import { psnr } from '../maths/psnr.js';

const image = uniformTensor([2, 7, 5, 3], 0, 1, 'image');
const reference = uniformTensor([2, 7, 5, 3], 0, 1, 'reference');
const region = uniformTensor([2, 7, 5, 1], 0, 1, 'region');
const run = (row?: number) => tf.tidy(() => {
  const [x, y, m] = [image, reference, region].map(toTensor);
  return row === undefined ? psnr(x, y, m) : psnr(x.slice(row, 1), y.slice(row, 1), m.slice(row, 1));
});
const consume = async (tensor: tf.Tensor) => {
  const values = [...(await tensor.data())];
  tensor.dispose();
  return values;
};

testOperator('psnr', {
  runs: async () => assert.is((await consume(run())).length, 2),
  shapes: () => {
    const result = run();
    assert.equal(result.shape, [2]);
    result.dispose();
  },
  refuses: () => {
    const [x, y] = [tf.zeros([1, 4, 4, 3]), tf.zeros([1, 4, 5, 3])];
    assert.throws(() => psnr(x, y, x), /psnr: image and reference/);
    tf.dispose([x, y]);
  },
  values: async () => {
    const expected = [0, 1].map((sample) => {
      let [squares, weight] = [0, 0];
      for (let pixel = 35 * sample; pixel < 35 * (sample + 1); pixel++) {
        weight += 3 * region.data[pixel];
        for (let at = 3 * pixel; at < 3 * pixel + 3; at++) squares += region.data[pixel] * (image.data[at] - reference.data[at]) ** 2;
      }
      return -10 * Math.log10(squares / weight);
    });
    close(await consume(run()), expected, { atol: 1e-4 });
    // A uniform difference of 0.1 is 20 dB; equal images reach the ceiling.
    const [flat, same] = tf.tidy(() => [
      psnr(tf.fill([1, 8, 8, 3], 0.6), tf.fill([1, 8, 8, 3], 0.5), tf.ones([1, 8, 8, 1])), psnr(tf.ones([1, 8, 8, 3]), tf.ones([1, 8, 8, 3]), tf.ones([1, 8, 8, 1])),
    ]);
    close(await consume(flat), [20], { atol: 1e-4 });
    close(await consume(same), [100], { atol: 1e-3 });
  },
  gradient: async () => {
    await checkGradient((x) => tf.tidy(() => psnr(x, toTensor(reference), toTensor(region))), [image], { epsilon: 3e-3 });
  },
  batch: async () => close(await consume(run()), [...(await consume(run(0))), ...(await consume(run(1)))]),
});
