/**
 * The gradients of a depthwise convolution, which wasm lacks. With stride 1 and one filter for each channel, the input's is
 * the forward kernel with the flipped filter; otherwise, and for the filter's, loops with channels innermost, by SIMD where it fits.
 */
import { tf, type Tensor, type Tensor4D } from '../tf.js';
import { defineKernel } from '../define-kernel.js';
import { heapKernels } from '../simd/index.js';
import { replaceKernel } from './registry.js';
import { asTensor } from './stock-kernels.js';
import { convGeometry, forEachTap, forEachTapRow, type ConvGeometry } from './conv-geometry.js';

const filterGradient = defineKernel<ConvGeometry>({
  name: 'device/depthwise-filter-gradient',
  inputs: ['x', 'dy'],
  outputs: (_inputs, g) => [{ shape: [g.filterHeight, g.filterWidth, g.inChannels, g.outChannels / g.inChannels], dtype: 'float32' }],
  compute: ([x, dy], [result], g) => {
    const multiplier = g.outChannels / g.inChannels;
    const [from, upstream, to] = [x!.data, dy!.data, result!.data];
    const kernels = multiplier === 1 ? heapKernels(to) : undefined;
    if (kernels) {
      const size = 4 * g.inChannels;
      forEachTapRow(g, (input, output, count, tap) =>
        kernels.addRowProducts(
          to.byteOffset + tap * size, from.byteOffset + input * size, g.strideWidth * size, upstream.byteOffset + output * size, size, count, size,
        ),
      );
      return;
    }
    forEachTap(g, (input, output, tap) => {
      const read = input * g.inChannels;
      const slope = output * g.outChannels;
      const write = tap * g.outChannels;
      for (let c = 0, o = 0; c < g.inChannels; c++) {
        for (let m = 0; m < multiplier; m++, o++) to[write + o]! += from[read + c]! * upstream[slope + o]!;
      }
    });
  },
});

const inputGradient = defineKernel<ConvGeometry>({
  name: 'device/depthwise-input-gradient',
  inputs: ['dy', 'filter'],
  outputs: (_inputs, g) => [{ shape: [g.batch, g.inHeight, g.inWidth, g.inChannels], dtype: 'float32' }],
  compute: ([dy, filter], [result], g) => {
    const multiplier = g.outChannels / g.inChannels;
    const [upstream, weights, to] = [dy!.data, filter!.data, result!.data];
    const kernels = multiplier === 1 ? heapKernels(to) : undefined;
    if (kernels) {
      const size = 4 * g.inChannels;
      forEachTap(g, (input, output, tap) =>
        kernels.addProduct(to.byteOffset + input * size, upstream.byteOffset + output * size, weights.byteOffset + tap * size, size),
      );
      return;
    }
    forEachTap(g, (input, output, tap) => {
      const write = input * g.inChannels;
      const slope = output * g.outChannels;
      const weight = tap * g.outChannels;
      for (let c = 0, o = 0; c < g.inChannels; c++) {
        for (let m = 0; m < multiplier; m++, o++) to[write + c]! += upstream[slope + o]! * weights[weight + o]!;
      }
    });
  },
});

function depthwiseInputGradient(dy: Tensor, filter: Tensor, g: ConvGeometry): Tensor {
  const plain = g.strideHeight === 1 && g.strideWidth === 1 && g.inChannels === g.outChannels;
  if (!plain) return inputGradient([dy, filter], g)[0]!;
  const [top, left] = [g.filterHeight - 1 - g.padTop, g.filterWidth - 1 - g.padLeft];
  const [bottom, right] = [g.inHeight + g.padTop - g.outHeight, g.inWidth + g.padLeft - g.outWidth];
  const padded = tf.pad(dy, [[0, 0], [top, bottom], [left, right], [0, 0]]) as Tensor4D;
  return tf.depthwiseConv2d(padded, tf.reverse(filter, [0, 1]) as Tensor4D, 1, 'valid');
}

export function registerDepthwiseGradients(backendName: string): void {
  replaceKernel('DepthwiseConv2dNativeBackpropInput', backendName, ({ inputs, attributes }) =>
    tf.tidy(() => {
      const filter = asTensor(inputs['filter']!);
      const geometry = convGeometry(attributes['inputShape'] as number[], filter.shape, attributes, true);
      return depthwiseInputGradient(asTensor(inputs['dy']!), filter, geometry);
    }),
  );
  replaceKernel('DepthwiseConv2dNativeBackpropFilter', backendName, ({ inputs, attributes }) =>
    tf.tidy(() => {
      const x = asTensor(inputs['x']!);
      const geometry = convGeometry(x.shape, attributes['filterShape'] as number[], attributes, true);
      return filterGradient([x, asTensor(inputs['dy']!)], geometry)[0]!;
    }),
  );
}
