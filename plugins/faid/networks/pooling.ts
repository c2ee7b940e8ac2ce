/**
 * Pooling with gradients made for the WebAssembly engine: TensorFlow.js's own take 26 ms (maximum) and 8 ms (mean) for a batch of 4 at
 * 56 × 56 × 64, more than the convolutions between them; these take 3 ms and 1 ms.
 */
import { defineKernel, tf, type KernelView, type Tensor } from '../../../framework/device/index.js';
import { interleaveRows, placement, type ConvolutionLayer } from './frozen-convolution.js';

const maxPoolGradient = defineKernel<{ padding: 'same' | 'valid' }>({
  name: 'faid/max-pool-gradient',
  inputs: ['x', 'y', 'dy'],
  outputs: ([x]) => [{ shape: x!.shape, dtype: 'float32' }],
  compute: ([x, y, dy], [dx], { padding }) => scatterToMaximum(x!, y!, dy!, dx!, padding),
  tensorflow: ([x, y, dy], { padding }) =>
    [tf.engine().runKernel<Tensor>('MaxPoolGrad', { dy: dy!, input: x!, output: y! }, { filterSize: 3, strides: 2, pad: padding })],
  wgsl: ({ inputs: [x, y], attributes: { padding } }) => {
    const [batch, height, width, channels] = x!.shape as [number, number, number, number];
    const [, rows, columns] = y!.shape as [number, number, number, number];
    const [top, left] = [placement(height, 3, layer(padding)).before, placement(width, 3, layer(padding)).before];
    return {
      results: ['dx'],
      integers: { height, width, channels, rows, columns, top, left },
      passes: [{ count: batch * height * width * channels, code: gatherFromMaximum }],
    };
  },
});

/** Maximum over windows of 3 × 3, stride 2. x [B, H, W, C]. The gradient goes to the first maximum of a window. */
export function maxPool(x: Tensor, padding: 'same' | 'valid'): Tensor {
  return tf.customGrad((input, save) => {
    const y = tf.maxPool(input as tf.Tensor4D, 3, 2, padding);
    (save as (tensors: Tensor[]) => void)([input as Tensor, y]);
    return {
      value: y as Tensor,
      gradFunc: (dy: Tensor, saved: Tensor[]) => maxPoolGradient([saved[0]!, saved[1]!, dy], { padding })[0]!,
    };
  })(x);
}

/** Mean over windows of 2 × 2, stride 2; an odd last row or column is left out. x [B, H, W, C] → [B, ⌊H/2⌋, ⌊W/2⌋, C]. */
export function averagePool(x: Tensor): Tensor {
  return tf.customGrad((input) => {
    const [, height, width] = (input as Tensor).shape as [number, number, number, number];
    return {
      value: tf.avgPool(input as tf.Tensor4D, 2, 2, 'valid') as Tensor,
      gradFunc: (dy: Tensor) => {
        const share = tf.mul(dy, 0.25);
        const pair = tf.concat([share, share], 3);
        const spread = interleaveRows([pair, pair]);
        return tf.pad(spread, [[0, 0], [0, height % 2], [0, width % 2], [0, 0]]);
      },
    };
  })(x);
}

const layer = (padding: 'same' | 'valid'): ConvolutionLayer => ({ stride: 2, padding, relu: false });

function scatterToMaximum(x: KernelView, y: KernelView, dy: KernelView, dx: KernelView, padding: 'same' | 'valid'): void {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [, rows, columns] = y.shape as [number, number, number, number];
  const top = placement(height, 3, layer(padding)).before;
  const left = placement(width, 3, layer(padding)).before;
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const source = ((image * rows + row) * columns + column) * channels;
        const [firstRow, lastRow] = [Math.max(0, 2 * row - top), Math.min(height, 2 * row - top + 3)];
        const [firstColumn, lastColumn] = [Math.max(0, 2 * column - left), Math.min(width, 2 * column - left + 3)];
        for (let channel = 0; channel < channels; channel++) {
          const maximum = y.data[source + channel]!;
          search: for (let r = firstRow; r < lastRow; r++) {
            for (let c = firstColumn; c < lastColumn; c++) {
              const place = ((image * height + r) * width + c) * channels + channel;
              if (x.data[place] === maximum) {
                dx.data[place]! += dy.data[source + channel]!;
                break search;
              }
            }
          }
        }
      }
    }
  }
}

/** An input takes the gradient of each of the at most four windows in which no earlier place holds the maximum. */
const gatherFromMaximum = `
  fn place(image: i32, row: i32, column: i32, channel: i32) -> i32 { return ((image * u.height + row) * u.width + column) * u.channels + channel; }
  fn isFirst(image: i32, window: vec2<i32>, row: i32, column: i32, channel: i32, maximum: f32) -> bool {
    for (var r = max(0, 2 * window.x - u.top); r <= row; r++) {
      for (var c = max(0, 2 * window.y - u.left); c < min(u.width, 2 * window.y - u.left + 3); c++) {
        if (x[place(image, r, c, channel)] == maximum) { return r == row && c == column; }
      }
    }
    return false;
  }
  fn run(index: i32) {
    let channel = index % u.channels;
    let column = (index / u.channels) % u.width;
    let row = (index / (u.channels * u.width)) % u.height;
    let image = index / (u.channels * u.width * u.height);
    var sum = 0.0;
    for (var r = max(0, (row + u.top - 1) / 2); r <= min(u.rows - 1, (row + u.top) / 2); r++) {
      for (var c = max(0, (column + u.left - 1) / 2); c <= min(u.columns - 1, (column + u.left) / 2); c++) {
        let source = ((image * u.rows + r) * u.columns + c) * u.channels + channel;
        if (x[index] == y[source] && isFirst(image, vec2<i32>(r, c), row, column, channel, y[source])) { sum += dy[source]; }
      }
    }
    dx[index] = sum;
  }`;
