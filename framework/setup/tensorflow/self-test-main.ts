/** `node self-test-main.js FOLDER`: the process of `selfTest`. Prints its result as JSON. */
import { loadTensorflow } from '../../device/engines/tensorflow/load.js';
import { tf, type Tensor4D } from '../../device/tf.js';
import type { SelfTestResult } from './self-test.js';

const tolerance = 1e-4;

const binding = loadTensorflow(process.argv[2]!);
if (!(await tf.setBackend('tensorflow'))) throw new Error('the backend did not start');
checkProduct();
checkConvolution();
const result: SelfTestResult = { tensorflow: binding.TF_Version, gpu: binding.isUsingGpuDevice(), gigaflops: measure() };
process.stdout.write(`${JSON.stringify(result)}\n`);

/** Σ_k a[i, k] · b[k, j] against a loop. */
function checkProduct(): void {
  const [rows, inner, columns] = [5, 7, 3];
  const a = Float32Array.from({ length: rows * inner }, (_, index) => Math.sin(index));
  const b = Float32Array.from({ length: inner * columns }, (_, index) => Math.cos(2 * index));
  const product = tf.matMul(tf.tensor2d(a, [rows, inner]), tf.tensor2d(b, [inner, columns])).dataSync();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += a[row * inner + k]! * b[k * columns + column]!;
      expectClose('a matrix product', product[row * columns + column]!, sum);
    }
  }
}

/** A convolution with one tap set moves the image; its gradients are the moves back, and products of image and slope. */
function checkConvolution(): void {
  const values = Float32Array.from({ length: 30 }, (_, index) => Math.sin(3 * index));
  const image = tf.tensor4d(values, [1, 5, 6, 1]);
  const filter = tf.tensor4d([0, 0, 0, 0, 0, 2, 0, 0, 0], [3, 3, 1, 1]);
  const moved = (x: Tensor4D, f: Tensor4D): Tensor4D => tf.conv2d(x, f, 1, 'same');
  const y = moved(image, filter).dataSync();
  const [dx, df] = tf.grads((x, f) => moved(x as Tensor4D, f as Tensor4D).sum())([image, filter]);
  const [slopeOfImage, slopeOfFilter] = [dx!.dataSync(), df!.dataSync()];
  for (let row = 0; row < 5; row++) {
    for (let column = 0; column < 6; column++) {
      expectClose('a convolution', y[row * 6 + column]!, column < 5 ? 2 * values[row * 6 + column + 1]! : 0);
      expectClose('the gradient of an image', slopeOfImage[row * 6 + column]!, column > 0 ? 2 : 0);
    }
  }
  expectClose('the gradient of a filter', slopeOfFilter[4]!, values.reduce((sum, value) => sum + value, 0));
}

function measure(): number {
  const shape: [number, number, number, number] = [4, 56, 56, 64];
  const [image, filter] = [tf.randomNormal<tf.Rank.R4>(shape), tf.randomNormal<tf.Rank.R4>([3, 3, 64, 64])];
  let best = Infinity;
  for (let trial = 0; trial < 10; trial++) {
    const start = performance.now();
    tf.tidy(() => tf.conv2d(image, filter, 1, 'same').sum().dataSync());
    best = Math.min(best, performance.now() - start);
  }
  return Math.round((2 * 4 * 56 * 56 * 64 * 64 * 9) / best / 1e6);
}

function expectClose(what: string, got: number, expected: number): void {
  if (!(Math.abs(got - expected) <= tolerance)) throw new Error(`${what} gives ${got} instead of ${expected}`);
}
