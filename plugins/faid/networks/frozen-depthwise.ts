import { tf, type Tensor } from '../../../framework/device/index.js';
import { float32, type HostTensor } from '../../../framework/index.js';
import {
  cropAt, fullPadding, interleaveRows, parityPadding, placement, type ConvolutionLayer, type MakeConstant,
} from './frozen-convolution.js';

/**
 * y = x ∗ filter, channel by channel, zero padded to the same extent. filter [k, k, C, 1]; x [B, H, W, C] → y [B, ⌈H/s⌉, ⌈W/s⌉, C].
 *
 * The weights never change; the input's gradient is made of depthwise convolutions with filters turned round once (see
 * `frozenConvolution`).
 */
export function frozenDepthwise(constant: MakeConstant, name: string, filter: HostTensor, stride: 1 | 2): (x: Tensor) => Tensor {
  const layer: ConvolutionLayer = { stride, padding: 'same', relu: false };
  const forward = constant(`${name}/filter`, () => filter);
  const parities = stride === 1 ? [undefined] : [0, 1, 2, 3];
  const backward = parities.map((parity) => constant(`${name}/backward${parity ?? ''}`, () => turnedPart(filter, parity)));
  return (x) =>
    tf.customGrad((input) => {
      const shape = (input as Tensor).shape;
      return {
        value: runDepthwise(input as Tensor, forward, stride, 'same'),
        gradFunc: (dy: Tensor) => inputGradient(dy, backward, shape, filter.shape[0]!, layer),
      };
    })(x);
}

function runDepthwise(x: Tensor, filter: Tensor, stride: number, pad: 'same' | [number, number][]): Tensor {
  return tf.engine().runKernel('DepthwiseConv2dNative', { x, filter }, {
    strides: [stride, stride], pad, dataFormat: 'NHWC', dilations: [1, 1],
  } as never);
}

function inputGradient(dy: Tensor, backward: readonly Tensor[], shape: readonly number[], kernel: number, layer: ConvolutionLayer): Tensor {
  const [height, width] = [shape[1]!, shape[2]!];
  const [top, left] = [placement(height, kernel, layer), placement(width, kernel, layer)];
  const extent = layer.stride === 1 ? fullPadding : parityPadding;
  const pad: [number, number][] = [[0, 0], extent(height, kernel, top), extent(width, kernel, left), [0, 0]];
  const parts = backward.map((filter) => runDepthwise(dy, filter, 1, pad));
  if (layer.stride === 1) return parts[0]!;
  const rows = [tf.concat([parts[0]!, parts[1]!], 3), tf.concat([parts[2]!, parts[3]!], 3)];
  return cropAt(interleaveRows(rows), top.before, left.before, height, width);
}

/** The filter turned by 180°; with a parity, only the elements of that parity of row (bit 1) and column (bit 0). */
function turnedPart(filter: HostTensor, parity: number | undefined): HostTensor {
  const [kernel, , channels] = filter.shape as [number, number, number, number];
  const step = parity === undefined ? 1 : 2;
  const [firstRow, firstColumn] = [(parity ?? 0) >> 1, (parity ?? 0) & 1];
  const size = Math.ceil(kernel / step);
  const part = new Float32Array(size * size * channels);
  for (let row = firstRow; row < kernel; row += step) {
    for (let column = firstColumn; column < kernel; column += step) {
      const place = (size - 1 - Math.floor(row / step)) * size + size - 1 - Math.floor(column / step);
      for (let channel = 0; channel < channels; channel++) {
        part[place * channels + channel] = filter.data[(row * kernel + column) * channels + channel]!;
      }
    }
  }
  return float32(part, [size, size, channels, 1]);
}
