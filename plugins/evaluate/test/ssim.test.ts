import { ssim as oracle } from 'ssim.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tf } from '../../../framework/device/index.js';
import { randomFor } from '../../../framework/index.js';
import { close, expectNoLeak, onEngines, toTensor, uniformTensor } from '../../../framework/testing/index.js';
import { ssim } from '../maths/ssim.js';

const test = suite('ssim');
const check = onEngines(test);

const [height, width] = [23, 31];
const image = uniformTensor([2, height, width, 3], 0, 1, 'image');
const reference = {
  ...image,
  data: image.data.map((value, at) => Math.min(1, Math.max(0, 0.7 * value + 0.1 + 0.15 * Math.sin(at)))),
};
const region = uniformTensor([2, height, width, 1], 0, 1, 'region');

async function run(x: typeof image, y: typeof image, m: typeof image): Promise<number[]> {
  const result = tf.tidy(() => ssim(toTensor(x), toTensor(y), toTensor(m)));
  const values = [...(await result.data())];
  result.dispose();
  return values;
}

/** The definition in float64: the full window at every place, no separation. */
function byLoops(sample: number): number {
  const taps = Array.from({ length: 121 }, (_, at) => Math.exp(-((Math.floor(at / 11) - 5) ** 2 + ((at % 11) - 5) ** 2) / 4.5));
  const sum = taps.reduce((total, tap) => total + tap, 0);
  let [total, weight] = [0, 0];
  for (let y = 5; y < height - 5; y++) {
    for (let x = 5; x < width - 5; x++) {
      const share = region.data[(sample * height + y) * width + x];
      for (let channel = 0; channel < 3; channel++) {
        let [meanX, meanY, squareX, squareY, product] = [0, 0, 0, 0, 0];
        taps.forEach((tap, at) => {
          const place = ((sample * height + y + Math.floor(at / 11) - 5) * width + x + (at % 11) - 5) * 3 + channel;
          const [a, b, w] = [image.data[place], reference.data[place], tap / sum];
          meanX += w * a; meanY += w * b; squareX += w * a * a; squareY += w * b * b; product += w * a * b;
        });
        const [c1, c2] = [1e-4, 9e-4];
        total += (share * (2 * meanX * meanY + c1) * (2 * (product - meanX * meanY) + c2)) /
          ((meanX ** 2 + meanY ** 2 + c1) * (squareX - meanX ** 2 + squareY - meanY ** 2 + c2));
      }
      weight += 3 * share;
    }
  }
  return total / weight;
}

check('equals the definition in float64, weighted by the region', async () => {
  close(await expectNoLeak(() => run(image, reference, region)), [byLoops(0), byLoops(1)], { atol: 2e-5 });
});

check('equals ssim.js on grey pictures', async () => {
  const random = randomFor('grey');
  const [rows, columns] = [40, 52];
  const grey = Uint8ClampedArray.from({ length: rows * columns }, (_, at) => 120 + 80 * Math.sin(at / 7) + 30 * random.normal());
  const noisy = grey.map((value) => value + 25 * random.normal());
  const rgba = (values: Uint8ClampedArray) => ({
    width: columns, height: rows, data: Uint8ClampedArray.from({ length: 4 * values.length }, (_, at) => (at % 4 === 3 ? 255 : values[at >> 2])),
  });
  const tensor = (values: Uint8ClampedArray) => ({
    dtype: 'float32' as const, shape: [1, rows, columns, 3], data: Float32Array.from({ length: 3 * values.length }, (_, at) => values[Math.floor(at / 3)] / 255),
  });
  const whole = { dtype: 'float32' as const, shape: [1, rows, columns, 1], data: new Float32Array(rows * columns).fill(1) };
  const { mssim } = oracle(rgba(grey), rgba(noisy), { ssim: 'original', downsample: false });
  close(await run(tensor(grey), tensor(noisy), whole), [mssim], { atol: 1e-4 });
});

check('a picture is like itself; a batch equals its samples', async () => {
  close(await run(image, image, region), [1, 1], { atol: 1e-5 });
  const row = (host: typeof image, sample: number) => {
    const size = host.data.length / 2;
    return { ...host, shape: [1, ...host.shape.slice(1)], data: host.data.slice(sample * size, (sample + 1) * size) };
  };
  const singles = [0, 1].map((sample) => run(row(image, sample), row(reference, sample), row(region, sample)));
  close(await run(image, reference, region), (await Promise.all(singles)).flat(), { atol: 1e-6 });
});

check('an empty region gives 0; small and unequal pictures are refused', async () => {
  close(await run(image, reference, { ...region, data: new Float32Array(region.data.length) }), [0, 0]);
  tf.tidy(() => {
    assert.throws(() => ssim(tf.zeros([1, 8, 20, 3]), tf.zeros([1, 8, 20, 3]), tf.zeros([1, 8, 20, 1])), /at least 11/);
    assert.throws(() => ssim(tf.zeros([1, 12, 20, 3]), tf.zeros([1, 12, 21, 3]), tf.zeros([1, 12, 20, 1])), /ssim: image and reference/);
  });
});

test.run();
