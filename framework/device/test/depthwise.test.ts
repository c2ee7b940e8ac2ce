import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tf } from '../index.js';
import { close, expectNoLeak, onEngines, toTensor, uniformTensor } from '../../testing/index.js';

type Tensor4D = ReturnType<typeof tf.tensor4d>;
type Pads = readonly [top: number, bottom: number, left: number, right: number];
interface Case {
  readonly x: readonly [batch: number, height: number, width: number, channels: number];
  readonly strides: readonly [number, number];
  readonly pads: Pads;
}

/** Borders on no, one and all sides; rows and columns that see nothing but zeros; odd and even runs; pictures smaller than the window. */
const cases: readonly Case[] = [
  { x: [1, 6, 9, 4], strides: [1, 1], pads: [1, 1, 1, 1] },
  { x: [2, 5, 8, 12], strides: [1, 1], pads: [1, 1, 1, 1] },
  { x: [2, 7, 10, 8], strides: [2, 2], pads: [0, 1, 0, 1] },
  { x: [1, 8, 7, 4], strides: [2, 1], pads: [1, 0, 1, 1] },
  { x: [1, 9, 6, 8], strides: [1, 3], pads: [0, 0, 2, 2] },
  { x: [1, 3, 3, 4], strides: [1, 1], pads: [0, 0, 0, 0] },
  { x: [1, 1, 1, 8], strides: [1, 1], pads: [1, 1, 1, 1] },
  { x: [1, 2, 1, 4], strides: [1, 1], pads: [1, 1, 1, 1] },
  { x: [1, 4, 5, 4], strides: [1, 1], pads: [4, 3, 3, 4] },
  { x: [1, 6, 9, 6], strides: [1, 1], pads: [1, 1, 1, 1] },
];

/** Σ_ij x[r · down − top + i][p · across − left + j][c] · w[i][j][c] in float64. */
function reference(each: Case, x: ArrayLike<number>, w: ArrayLike<number>) {
  const { x: [batch, height, width, channels], strides: [down, across], pads: [top, bottom, left, right] } = each;
  const [outHeight, outWidth] = [Math.floor((height + top + bottom - 3) / down) + 1, Math.floor((width + left + right - 3) / across) + 1];
  const y: number[] = [];
  for (let at = 0; at < batch * outHeight * outWidth * channels; at++) {
    const channel = at % channels;
    const column = Math.floor(at / channels) % outWidth;
    const row = Math.floor(at / channels / outWidth) % outHeight;
    const sample = Math.floor(at / channels / outWidth / outHeight);
    let sum = 0;
    for (let tap = 0; tap < 9; tap++) {
      const [i, j] = [row * down - top + Math.floor(tap / 3), column * across - left + (tap % 3)];
      if (i >= 0 && j >= 0 && i < height && j < width) sum += x[((sample * height + i) * width + j) * channels + channel]! * w[tap * channels + channel]!;
    }
    y.push(sum);
  }
  return { values: y, shape: [batch, outHeight, outWidth, channels] };
}

const check = onEngines(test);
for (const each of cases) {
  const { x: shape, strides, pads: [top, bottom, left, right] } = each;
  check(`depthwise 3 × 3 of [${shape.join()}], strides ${strides.join()}, pads ${each.pads.join()}`, () => expectNoLeak(() => tf.tidy(() => {
    const [x, w] = [toTensor(uniformTensor(shape, -1, 1)) as Tensor4D, toTensor(uniformTensor([3, 3, shape[3], 1], -1, 1)) as Tensor4D];
    const { values, shape: expected } = reference(each, x.dataSync(), w.dataSync());
    const y = tf.depthwiseConv2d(x, w, [...strides], [[0, 0], [top, bottom], [left, right], [0, 0]]);
    assert.equal(y.shape, expected);
    close(y, values, { rtol: 1e-5, atol: 1e-5 });
  })));
}

check('what is infinite stays so in its windows, and spreads no further', () => expectNoLeak(() => tf.tidy(() => {
  for (const [row, column] of [[2, 2], [0, 3], [5, 5], [3, 0]] as const) {
    const x = tf.buffer([1, 6, 6, 4]);
    x.set(Infinity, 0, row, column, 1);
    const y = tf.depthwiseConv2d(x.toTensor() as Tensor4D, tf.ones([3, 3, 4, 1]) as Tensor4D, 1, 'same').dataSync();
    y.forEach((value, index) => {
      const [r, c, channel] = [Math.floor(index / 24), Math.floor(index / 4) % 6, index % 4];
      assert.is(value, channel === 1 && Math.abs(r - row) <= 1 && Math.abs(c - column) <= 1 ? Infinity : 0);
    });
  }
})));

test.run();
