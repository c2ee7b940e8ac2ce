/** The loops of tensorflow's addon behind operators of TensorFlow.js, against plain loops in float64; wasm is held to the same. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { close, expectNoLeak, normalTensor, onEngines, toTensor } from '../../testing/index.js';
import { sizeOf, type HostTensor } from '../../values/host-tensor.js';
import { reluGradient, tensorflowLoops, tf, type Tensor } from '../index.js';

const check = onEngines(test, ['tensorflow', 'wasm']);

/** Shapes that meet in every way that TensorFlow.js allows: alike, as rows, as columns, either one larger, and both. */
const meetings: readonly (readonly [a: readonly number[], b: readonly number[]])[] = [
  [[3, 5, 7], [3, 5, 7]], [[3, 5, 7], [7]], [[3, 5, 7], [1, 5, 7]], [[3, 5, 7], [3, 1, 1]], [[3, 5, 7], [3, 5, 1]], [[3, 5, 7], []],
  [[3, 5, 7], [5, 1]], [[3, 5, 7], [3, 1, 7]], [[7], [3, 5, 7]], [[3, 5, 1], [3, 5, 7]], [[], [4]], [[1, 1], [1]], [[5], [1, 5]],
  [[3, 1, 7], [5, 1]], [[2, 1, 1, 5], [2, 1, 1, 5]], [[2, 300], [300]], [[2, 300], [2, 1]], [[300, 257], [300, 257]], [[400, 173], [173]],
  [[0, 3], [3]], [[0, 3], [0, 3]],
];

const operators = { add: (a: number, b: number) => a + b, sub: (a: number, b: number) => a - b, mul: (a: number, b: number) => a * b };

/** The value of a broadcast tensor at each place of a larger shape. */
function spread({ data, shape }: HostTensor, to: readonly number[]): number[] {
  const strides: number[] = [];
  for (let axis = shape.length - 1, stride = 1; axis >= 0; stride *= shape[axis--]!) strides.unshift(shape[axis] === 1 ? 0 : stride);
  return Array.from({ length: sizeOf(to) }, (_, index) => {
    let place = 0;
    for (let axis = to.length - 1, rest = index; axis >= 0; rest = Math.floor(rest / to[axis--]!)) {
      place += (strides[axis - to.length + shape.length] ?? 0) * (rest % to[axis]!);
    }
    return data[place]!;
  });
}

for (const name of Object.keys(operators) as (keyof typeof operators)[]) {
  check(`${name} of shapes that meet in every way`, () => expectNoLeak(() => tf.tidy(() => {
    for (const [left, right] of meetings) {
      const [a, b] = [normalTensor(left, 'a'), normalTensor(right, 'b')];
      const result = tf[name](toTensor(a), toTensor(b));
      assert.equal(result.shape, tf.broadcastTo(toTensor(a), result.shape as number[]).shape);
      const [x, y] = [spread(a, result.shape), spread(b, result.shape)];
      close(result, x.map((value, index) => operators[name](value, y[index]!)), { atol: 1e-6 });
    }
  })));
}

check('relu and its gradient: NaN stays NaN forward and stops the gradient', () => tf.tidy(() => {
  const x = tf.tensor1d([-2, -0, 0, 3, NaN, Infinity, -Infinity]);
  assert.equal(Array.from(tf.relu(x).dataSync(), Math.abs), [0, 0, 0, 3, NaN, Infinity, 0]);
  const ones = tf.onesLike(x);
  assert.equal(Array.from(reluGradient(ones, tf.tensor1d([-2, -0, 0, 3, 1e-30, Infinity, -Infinity])).dataSync()), [0, 0, 0, 1, 1, 1, 0]);
}));

interface WindowCase {
  readonly image: readonly [number, number, number, number];
  readonly size: readonly [number, number];
  readonly stride: number | [number, number];
  readonly pad: 'same' | 'valid';
}

/** Sizes with and without a rest of sixteen channels, windows and strides that differ by axis, an image smaller than its window. */
const windowCases: readonly WindowCase[] = [
  { image: [2, 7, 5, 16], size: [3, 3], stride: 1, pad: 'same' }, { image: [1, 6, 9, 35], size: [3, 2], stride: 2, pad: 'same' },
  { image: [3, 8, 7, 48], size: [2, 5], stride: [1, 2], pad: 'valid' }, { image: [2, 5, 4, 3], size: [3, 3], stride: 2, pad: 'valid' },
  { image: [1, 2, 3, 32], size: [5, 4], stride: 1, pad: 'same' }, { image: [4, 33, 31, 32], size: [3, 3], stride: 1, pad: 'same' },
];

/** Calls visit(image, input row, input column, output row, output column, tap row, tap column) for all that meet. */
function forEachMeeting(
  { image: [batch, height, width], size: [tall, wide], stride, pad }: WindowCase,
  visit: (image: number, inRow: number, inColumn: number, outRow: number, outColumn: number, tapRow: number, tapColumn: number) => void,
): readonly [rows: number, columns: number] {
  const [down, across] = [stride].flat().concat(stride as number) as [number, number];
  const axis = (extent: number, size: number, step: number): [number, number] => {
    if (pad === 'valid') return [Math.floor((extent - size) / step) + 1, 0];
    const out = Math.ceil(extent / step);
    return [out, Math.floor(Math.max(0, (out - 1) * step + size - extent) / 2)];
  };
  const [[rows, top], [columns, left]] = [axis(height, tall, down), axis(width, wide, across)];
  for (let b = 0; b < batch; b++) for (let y = 0; y < rows; y++) for (let x = 0; x < columns; x++) {
    for (let r = 0; r < tall; r++) for (let c = 0; c < wide; c++) {
      const [inRow, inColumn] = [y * down - top + r, x * across - left + c];
      if (inRow >= 0 && inRow < height && inColumn >= 0 && inColumn < width) visit(b, inRow, inColumn, y, x, r, c);
    }
  }
  return [rows, columns];
}

for (const shape of windowCases) {
  const { image, size, stride, pad } = shape;
  const [batch, height, width, channels] = image;
  const title = `[${image.join(', ')}], windows of ${size.join(' × ')}, stride ${String(stride)}, ${pad}`;

  check(`depthwise convolution and both gradients: ${title}`, () => expectNoLeak(() => tf.tidy(() => {
    const [x, filter] = [normalTensor(image, 'x'), normalTensor([...size, channels, 1], 'filter')];
    const [rows, columns] = forEachMeeting(shape, () => undefined);
    const dy = normalTensor([batch, rows, columns, channels], 'dy');
    const [y, dx, df] = [dy, x, filter].map(({ data }) => new Float64Array(data.length)) as [Float64Array, Float64Array, Float64Array];
    forEachMeeting(shape, (b, inRow, inColumn, outRow, outColumn, tapRow, tapColumn) => {
      for (let c = 0; c < channels; c++) {
        const [i, o, f] = [
          ((b * height + inRow) * width + inColumn) * channels + c, ((b * rows + outRow) * columns + outColumn) * channels + c,
          (tapRow * size[1] + tapColumn) * channels + c,
        ];
        y[o]! += x.data[i]! * filter.data[f]!;
        dx[i]! += dy.data[o]! * filter.data[f]!;
        df[f]! += dy.data[o]! * x.data[i]!;
      }
    });
    const run = (input: Tensor, weights: Tensor): Tensor => tf.depthwiseConv2d(input as tf.Tensor4D, weights as tf.Tensor4D, stride, pad);
    const [input, weights] = [toTensor(x), toTensor(filter)];
    close(run(input, weights), y, { atol: 1e-5 });
    const [slopes, filterSlopes] = tf.grads((a, b) => run(a, b))([input, weights], toTensor(dy));
    close(slopes!, dx, { atol: 2e-5 });
    close(filterSlopes!, df, { atol: 2e-4 }); // sums of 4,092 products of standard normals
  })));

  check(`gradient of maximum pooling, ties to the first: ${title}`, () => expectNoLeak(() => tf.tidy(() => {
    // Few different values, so that windows have ties.
    const x = { ...normalTensor(image, 'x'), data: Float32Array.from(normalTensor(image, 'x').data, (value) => Math.round(2 * value)) };
    const [rows, columns] = forEachMeeting(shape, () => undefined);
    const dy = normalTensor([batch, rows, columns, channels], 'dy');
    const best = Array.from({ length: dy.data.length }, () => ({ value: -Infinity, place: -1 }));
    forEachMeeting(shape, (b, inRow, inColumn, outRow, outColumn) => {
      for (let c = 0; c < channels; c++) {
        const place = ((b * height + inRow) * width + inColumn) * channels + c;
        const found = best[((b * rows + outRow) * columns + outColumn) * channels + c]!;
        if (x.data[place]! > found.value) Object.assign(found, { value: x.data[place]!, place });
      }
    });
    const expected = new Float64Array(x.data.length);
    best.forEach(({ place }, index) => (expected[place]! += dy.data[index]!));
    const slopes = tf.grad((input) => tf.maxPool(input as tf.Tensor4D, [...size], stride, pad))(toTensor(x), toTensor(dy));
    close(slopes, expected, { atol: 1e-6 });
  })));
}

check('convolutions of 1 × 1 are products of matrices, and so are their gradients', () => expectNoLeak(() => tf.tidy(() => {
  const [x, filter, dy] = [normalTensor([2, 5, 3, 7], 'x'), normalTensor([1, 1, 7, 4], 'filter'), normalTensor([2, 5, 3, 4], 'dy')];
  const [y, dx, df] = [dy, x, filter].map(({ data }) => new Float64Array(data.length)) as [Float64Array, Float64Array, Float64Array];
  for (let pixel = 0; pixel < 30; pixel++) for (let i = 0; i < 7; i++) for (let o = 0; o < 4; o++) {
    y[pixel * 4 + o]! += x.data[pixel * 7 + i]! * filter.data[i * 4 + o]!;
    dx[pixel * 7 + i]! += dy.data[pixel * 4 + o]! * filter.data[i * 4 + o]!;
    df[i * 4 + o]! += dy.data[pixel * 4 + o]! * x.data[pixel * 7 + i]!;
  }
  for (const pad of ['same', 'valid', 0] as const) {
    const run = (input: Tensor, weights: Tensor): Tensor => tf.conv2d(input as tf.Tensor4D, weights as tf.Tensor4D, 1, pad);
    const [input, weights] = [toTensor(x), toTensor(filter)];
    close(run(input, weights), y);
    const [slopes, filterSlopes] = tf.grads((a, b) => run(a, b))([input, weights], toTensor(dy));
    close(slopes!, dx);
    close(filterSlopes!, df);
  }
})));

onEngines(test, ['tensorflow'])('norm and Chebyshev polynomials of any number of channels and samples', () => tf.tidy(() => {
  const large = normalTensor([3, 16_411], 'norm');
  close(tensorflowLoops.norm(toTensor(large)), [Math.sqrt(Array.from(large.data, (value) => value * value).reduce((sum, square) => sum + square, 0))], { rtol: 1e-6 });
  const rows = 2100; // more than one thread takes of a single sample
  const matrix = {
    rowPointers: Int32Array.from({ length: rows + 1 }, (_, row) => 2 * row),
    columnIndices: Int32Array.from({ length: 2 * rows }, (_, entry) => ((entry >> 1) * 7 + (entry % 2) * 31) % rows),
    values: Float32Array.from({ length: 2 * rows }, (_, entry) => Math.sin(entry) / 2),
  };
  for (const [batch, channels] of [[1, 3], [5, 7], [2, 16], [1, 29], [3, 1]] as const) {
    const x = normalTensor([batch, rows, channels], 'x');
    const terms = [Float64Array.from(x.data)];
    for (let k = 1; k < 4; k++) {
      terms.push(Float64Array.from(x.data, (_, index) => {
        const [b, row, c] = [Math.floor(index / (rows * channels)), Math.floor(index / channels) % rows, index % channels];
        const product = [0, 1].reduce((sum, i) =>
          sum + matrix.values[2 * row + i]! * terms[k - 1]![(b * rows + matrix.columnIndices[2 * row + i]!) * channels + c]!, 0);
        return k === 1 ? product : 2 * product - terms[k - 2]![index]!;
      }));
    }
    const basis = Array.from({ length: 4 * x.data.length }, (_, index) => terms[Math.floor(index / channels) % 4]![Math.floor(index / (4 * channels)) * channels + (index % channels)]!);
    close(tensorflowLoops.chebyshevBasis(matrix, toTensor(x), 4), basis, { atol: 1e-4 });
    // Σ_k T_k(A) z_k for z_k = k · x.
    const z = toTensor({ ...x, shape: [batch, rows, 4 * channels], data: Float32Array.from({ length: 4 * x.data.length }, (_, index) =>
      (Math.floor(index / channels) % 4) * x.data[Math.floor(index / (4 * channels)) * channels + (index % channels)]!) });
    close(tensorflowLoops.chebyshevSum(matrix, z, 4), Array.from(x.data, (_, index) => terms[1]![index]! + 2 * terms[2]![index]! + 3 * terms[3]![index]!), { atol: 1e-3, rtol: 1e-4 });
  }
}));

test.run();
