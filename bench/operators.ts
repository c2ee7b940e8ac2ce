/**
 * Times of operators and their gradients on wasm, the replaced kernels beside what came with TensorFlow.js. Run with
 * `node --import tsx bench/operators.ts`; prints the best time of each in milliseconds, which other work on
 * the machine disturbs least.
 */
import { tf, useEngine, gatherRows, sparseMatMul, type SparseMatrix, type Tensor } from '../framework/device/index.js';
import { kernelOf, type StockKernel } from '../framework/device/compat/stock-kernels.js';
import { randomFor } from '../framework/values/random.js';

interface Row {
  readonly what: string;
  readonly milliseconds: number;
  readonly gigaflops?: number;
}

/** Kernels that came with the engine, taken before they are replaced. */
async function stockKernels(names: readonly string[]): Promise<ReadonlyMap<string, StockKernel>> {
  await import('@tensorflow/tfjs-backend-wasm');
  return new Map(names.flatMap((name) => (tf.getKernel(name, 'wasm') ? [[name, kernelOf(name, 'wasm')] as const] : [])));
}

function best(run: () => Tensor | Tensor[] | void, times = 40): number {
  let shortest = Infinity;
  for (let time = 0; time < times; time++) {
    const start = performance.now();
    tf.tidy(() => {
      run();
    });
    shortest = Math.min(shortest, performance.now() - start);
  }
  return shortest;
}

const rows: Row[] = [];
function measure(what: string, run: () => Tensor | Tensor[] | void, multiplyAdds?: number): void {
  const milliseconds = best(run);
  rows.push({ what, milliseconds, gigaflops: multiplyAdds && (2 * multiplyAdds) / milliseconds / 1e6 });
}

function normal(shape: number[], seed: number): Tensor {
  return tf.randomNormal(shape, 0, 1, 'float32', seed);
}

const stock = await stockKernels(['BatchMatMul', 'Conv2DBackpropInput']);
await useEngine('wasm');
const callStock = (name: string, inputs: Record<string, Tensor>, attrs: object): Tensor =>
  tf.engine().makeTensorFromTensorInfo(stock.get(name)!({ inputs, attrs, backend: tf.backend() }));

function matrices(): void {
  const [a, b] = [normal([512, 512], 1), normal([512, 512], 2)];
  const work = 512 ** 3;
  measure('matMul 512²', () => tf.matMul(a, b), work);
  measure('matMul 512², aᵀ, stock', () => callStock('BatchMatMul', { a, b }, { transposeA: true, transposeB: false }), work);
  measure('matMul 512², aᵀ', () => tf.matMul(a, b, true), work);
  measure('matMul 512², both gradients', () => tf.grads((x, y) => tf.matMul(x!, y!).sum())([a, b]), 3 * work);
  const [c, d] = [normal([8, 196, 64], 1), normal([8, 64, 96], 2)];
  measure('matMul 8 × [196, 64]·[64, 96], stock', () => callStock('BatchMatMul', { a: c, b: d }, { transposeA: false, transposeB: false }), 8 * 196 * 64 * 96);
  measure('matMul 8 × [196, 64]·[64, 96]', () => tf.matMul(c, d), 8 * 196 * 64 * 96);
  const [coefficients, basis] = [normal([8, 144], 3), normal([144, 15000], 4)];
  measure('basis [8, 144]·[144, 15000]', () => tf.matMul(coefficients, basis), 8 * 144 * 15000);
  measure('basis, gradient of the coefficients', () => tf.grad((x) => tf.matMul(x, basis).sum())(coefficients), 2 * 8 * 144 * 15000);
}

function convolutions(): void {
  for (const [batch, size, from, to, kernel, stride] of [
    [4, 112, 3, 32, 3, 2], [4, 56, 32, 32, 3, 1], [4, 56, 32, 64, 3, 2], [4, 28, 64, 64, 3, 1], [4, 14, 128, 128, 3, 1],
    [4, 7, 256, 256, 3, 1], [4, 28, 64, 128, 1, 2], [4, 28, 64, 256, 1, 1], [2, 224, 3, 64, 7, 2],
  ] as const) {
    const x = normal([batch, size, size, from], 1) as tf.Tensor4D;
    const filter = normal([kernel, kernel, from, to], 2) as tf.Tensor4D;
    const out = Math.ceil(size / stride);
    const dy = normal([batch, out, out, to], 3) as tf.Tensor4D;
    const work = batch * out * out * kernel * kernel * from * to;
    const label = `conv [${batch}, ${size}, ${size}, ${from}] ${kernel}×${kernel}/${stride} → ${to}`;
    const forward = (image: Tensor, weights: Tensor): Tensor => tf.conv2d(image as tf.Tensor4D, weights as tf.Tensor4D, stride, 'same');
    measure(`${label} forward`, () => forward(x, filter), work);
    const attributes = { strides: [stride, stride], pad: 'same', dataFormat: 'NHWC', inputShape: x.shape };
    measure('  input gradient, stock', () => callStock('Conv2DBackpropInput', { dy, filter }, attributes), work);
    const kernelOnly = (name: string, inputs: Record<string, Tensor>, extra: object): Tensor => tf.engine().runKernel(name, inputs, { ...attributes, ...extra } as never);
    measure('  input gradient', () => kernelOnly('Conv2DBackpropInput', { dy, filter }, {}), work);
    measure('  filter gradient', () => kernelOnly('Conv2DBackpropFilter', { x, dy }, { filterShape: filter.shape }), work);
    tf.dispose([x, filter, dy]);
  }
  for (const [batch, size, channels, stride] of [[4, 56, 64, 1], [4, 28, 128, 1], [4, 56, 64, 2]] as const) {
    const x = normal([batch, size, size, channels], 1) as tf.Tensor4D;
    const filter = normal([3, 3, channels, 1], 2) as tf.Tensor4D;
    const forward = (image: Tensor, weights: Tensor): Tensor => tf.depthwiseConv2d(image as tf.Tensor4D, weights as tf.Tensor4D, stride, 'same');
    const work = (batch * size * size * 9 * channels) / stride ** 2;
    measure(`depthwise [${batch}, ${size}, ${size}, ${channels}] 3×3/${stride} forward`, () => forward(x, filter), work);
    measure('  forward and input gradient', () => tf.grad((image) => forward(image, filter).sum())(x), 2 * work);
    measure('  forward and filter gradient', () => tf.grad((weights) => forward(x, weights).sum())(filter), 2 * work);
    tf.dispose([x, filter]);
  }
}

function meshes(): void {
  const rowsCount = 7000;
  const random = randomFor('bench');
  const perRow = 7;
  const matrix: SparseMatrix = {
    rows: rowsCount, columns: rowsCount,
    rowPointers: Int32Array.from({ length: rowsCount + 1 }, (_, row) => row * perRow),
    columnIndices: Int32Array.from({ length: rowsCount * perRow }, () => random.integer(rowsCount)),
    values: Float32Array.from({ length: rowsCount * perRow }, () => random.normal()),
  };
  for (const channels of [3, 16, 32, 64]) {
    const x = normal([4, rowsCount, channels], 1);
    measure(`sparseMatMul 7 k × 7 a row, 4 × ${channels} channels, forward`, () => sparseMatMul(matrix, x), 4 * rowsCount * perRow * channels);
    measure('  forward and gradient', () => tf.grad((y) => sparseMatMul(matrix, y).sum())(x), 8 * rowsCount * perRow * channels);
    x.dispose();
  }
  const vertices = normal([4, rowsCount, 3], 1);
  const corners = Int32Array.from({ length: 42000 }, () => random.integer(rowsCount));
  measure('gatherRows 42 k of 7 k × 3, 4 samples, forward', () => gatherRows(vertices, corners));
  measure('  forward and gradient', () => tf.grad((x) => gatherRows(x, corners).sum())(vertices));
}

function others(): void {
  const x = normal([4, 56, 56, 32], 1) as tf.Tensor4D;
  const positive = tf.tidy(() => x.abs().add(1));
  const both = (what: string, f: (x: Tensor) => Tensor, input: Tensor = x): void => {
    measure(`${what} [${input.shape.join(', ')}] forward`, () => f(input));
    measure('  forward and gradient', () => tf.grad((y) => f(y))(input));
  };
  both('relu', (y) => tf.relu(y));
  both('elu', (y) => tf.elu(y));
  both('add bias', (y) => y.add(tf.ones([32])));
  both('square', (y) => y.square());
  both('sqrt', (y) => y.sqrt(), positive);
  both('sum over pixels', (y) => y.sum([1, 2]));
  both('mean over channels', (y) => y.mean(3));
  both('maxPool 3/2', (y) => tf.maxPool(y as tf.Tensor4D, 3, 2, 'same'));
  both('avgPool 2/2', (y) => tf.avgPool(y as tf.Tensor4D, 2, 2, 'valid'));
  both('batchNorm', (y) => tf.batchNorm(y, tf.zeros([32]), tf.ones([32]), tf.zeros([32]), tf.ones([32])));
  both('concat', (y) => tf.concat([y, y], 3));
  both('pad', (y) => tf.pad(y, [[0, 0], [1, 1], [1, 1], [0, 0]]));
  both('slice', (y) => y.slice([0, 1, 1, 0], [4, 54, 54, 32]));
  both('transpose to channels first', (y) => y.transpose([0, 3, 1, 2]));
  both('softmax', (y) => tf.softmax(y));
  both('tile a channel 32 times', (y) => y.tile([1, 1, 1, 32]), x.slice([0, 0, 0, 0], [4, 56, 56, 1]));
  both('where', (y) => tf.where(y.greater(0), y, tf.zerosLike(y)));
}

matrices();
convolutions();
meshes();
others();
for (const { what, milliseconds, gigaflops } of rows) {
  process.stdout.write(`${what.padEnd(62)} ${milliseconds.toFixed(2).padStart(9)} ms${gigaflops ? `${gigaflops.toFixed(1).padStart(8)} GFLOP/s` : ''}\n`);
}
