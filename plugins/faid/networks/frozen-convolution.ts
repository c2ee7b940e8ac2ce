/**
 * Convolutions whose weights never change: only the gradient with respect to the input exists.
 *
 * Tried on the WebAssembly engine, recognition network, 4 images of 150 px, one thread: TensorFlow.js's own gradient
 * (`Conv2DBackpropInput`) takes about ten times the forward pass. Written as forward convolutions with filters turned
 * round once, at start, forward and backward cost the same. A stride of 2 splits by parity of the position: each parity is a
 * small dense convolution of the gradient, so that no multiplication meets an inserted zero except where the filter's
 * extent is odd. The parities are interleaved by `concat` and `reshape`: `depthToSpace` is a hundred times slower there.
 */
import { reluGradient, tf, type Tensor } from '../../../framework/device/index.js';
import { float32, type HostTensor } from '../../../framework/index.js';

/** Makes a tensor that stays on the device for the whole run. */
export type MakeConstant = (name: string, make: () => HostTensor) => Tensor;

export interface ConvolutionLayer {
  readonly stride: 1 | 2;
  readonly padding: 'same' | 'valid';
  readonly relu: boolean;
}

/** y = act(x ∗ filter + bias). filter [k, k, C, D], bias [D]; x [B, H, W, C] → y [B, H', W', D]. */
export function frozenConvolution(
  constant: MakeConstant, name: string, filter: HostTensor, bias: Float32Array, layer: ConvolutionLayer,
): (x: Tensor) => Tensor {
  const forward = constant(`${name}/filter`, () => filter);
  const offsets = constant(`${name}/bias`, () => float32(bias, [bias.length]));
  const backward = layer.stride === 1
    ? [constant(`${name}/backward`, () => turnedFilter(filter))]
    : [0, 1].map((parity) => constant(`${name}/backward${parity}`, () => parityFilter(filter, parity)));
  const kernel = filter.shape[0]!;
  return (x) =>
    tf.customGrad((input, save) => {
      const y = runConvolution(input as Tensor, forward, offsets, layer);
      if (layer.relu) (save as (tensors: Tensor[]) => void)([y]);
      const shape = (input as Tensor).shape;
      return {
        value: y,
        gradFunc: (dy: Tensor, saved: Tensor[]) => {
          const slope = layer.relu ? reluGradient(dy, saved[0]!) : dy;
          return inputGradient(slope, backward, shape, kernel, layer);
        },
      };
    })(x);
}

/** Rows of zeros before an axis of that extent, and the extent after the convolution (TensorFlow's `same` and `valid`). */
export function placement(extent: number, kernel: number, { stride, padding }: ConvolutionLayer): { before: number; out: number } {
  if (padding === 'valid') return { before: 0, out: Math.floor((extent - kernel) / stride) + 1 };
  const out = Math.ceil(extent / stride);
  return { before: Math.max(0, (out - 1) * stride + kernel - extent) >> 1, out };
}

function runConvolution(x: Tensor, filter: Tensor, bias: Tensor, { stride, padding, relu }: ConvolutionLayer): Tensor {
  return tf.engine().runKernel('FusedConv2D', { x, filter, bias }, {
    strides: [stride, stride], pad: padding, dataFormat: 'NHWC', dilations: [1, 1], activation: relu ? 'relu' : 'linear',
  } as never);
}

function inputGradient(
  dy: Tensor, backward: readonly Tensor[], shape: readonly number[], kernel: number, layer: ConvolutionLayer,
): Tensor {
  const [height, width] = [shape[1]!, shape[2]!];
  const [top, left] = [placement(height, kernel, layer), placement(width, kernel, layer)];
  if (layer.stride === 1) {
    const vertical = fullPadding(height, kernel, top);
    const horizontal = fullPadding(width, kernel, left);
    return convolveWithZeros(dy, backward[0]!, vertical, horizontal);
  }
  const vertical = parityPadding(height, kernel, top);
  const horizontal = parityPadding(width, kernel, left);
  const rows = backward.map((filter) => convolveWithZeros(dy, filter, vertical, horizontal));
  return cropAt(interleaveRows(rows), top.before, left.before, height, width);
}

/** Zeros before and after the gradient, so that a full convolution returns the input's extent. */
export function fullPadding(extent: number, kernel: number, { before, out }: { before: number; out: number }): [number, number] {
  return [kernel - 1 - before, extent - out + before];
}

/** The same for one parity of a stride of 2: ⌈(before + extent) / 2⌉ positions. */
export function parityPadding(extent: number, kernel: number, { before, out }: { before: number; out: number }): [number, number] {
  return [Math.ceil(kernel / 2) - 1, Math.ceil((before + extent) / 2) - out];
}

/**
 * Rows of even and odd position, each [B, H, W, 2 C] with the two columns of a pair behind one another in the channels → [B, 2 H, 2 W, C].
 */
export function interleaveRows(rows: readonly Tensor[]): Tensor {
  const [batch, height, width, channels] = rows[0]!.shape as [number, number, number, number];
  const flat = rows.map((row) => tf.reshape(row, [batch * height, width * channels]));
  return tf.reshape(tf.concat(flat, 1), [batch, 2 * height, 2 * width, channels / 2]);
}

/** The window [top, top + height) × [left, left + width). */
export function cropAt(x: Tensor, top: number, left: number, height: number, width: number): Tensor {
  if (top === 0 && left === 0 && x.shape[1] === height && x.shape[2] === width) return x;
  return tf.slice(x, [0, top, left, 0], [-1, height, width, -1]);
}

function convolveWithZeros(x: Tensor, filter: Tensor, vertical: [number, number], horizontal: [number, number]): Tensor {
  return tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, [[0, 0], vertical, horizontal, [0, 0]]);
}

/** [k, k, C, D] → [k, k, D, C], turned by 180°. */
function turnedFilter(filter: HostTensor): HostTensor {
  const [rows, columns, inputs, outputs] = filter.shape as [number, number, number, number];
  const turned = new Float32Array(filter.data.length);
  for (let index = 0; index < turned.length; index++) {
    const output = index % outputs;
    const input = Math.floor(index / outputs) % inputs;
    const column = Math.floor(index / (outputs * inputs)) % columns;
    const row = Math.floor(index / (outputs * inputs * columns));
    turned[(((rows - 1 - row) * columns + columns - 1 - column) * outputs + output) * inputs + input] = filter.data[index]!;
  }
  return float32(turned, [rows, columns, outputs, inputs]);
}

/** [k, k, C, D] → [⌈k/2⌉, ⌈k/2⌉, D, 2 C]: the filter rows of that parity, turned; columns of even and odd position side by side. */
function parityFilter(filter: HostTensor, rowParity: number): HostTensor {
  const [rows, columns, inputs, outputs] = filter.shape as [number, number, number, number];
  const [tall, wide] = [Math.ceil(rows / 2), Math.ceil(columns / 2)];
  const part = new Float32Array(tall * wide * outputs * 2 * inputs);
  for (let index = 0; index < filter.data.length; index++) {
    const output = index % outputs;
    const input = Math.floor(index / outputs) % inputs;
    const column = Math.floor(index / (outputs * inputs)) % columns;
    const row = Math.floor(index / (outputs * inputs * columns));
    if (row % 2 !== rowParity) continue;
    const place = (tall - 1 - (row >> 1)) * wide + wide - 1 - (column >> 1);
    part[(place * outputs + output) * 2 * inputs + (column % 2) * inputs + input] = filter.data[index]!;
  }
  return float32(part, [tall, wide, outputs, 2 * inputs]);
}
