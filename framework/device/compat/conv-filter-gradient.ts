/**
 * The gradient of a convolution with respect to its filter, which wasm lacks: dW = Cᵀ dy, where row (ky, kx, ci) of Cᵀ holds what
 * that tap saw at every output pixel. Cᵀ is written in strips of output rows, so that memory stays bounded.
 *
 * Tried: a forward convolution of transposed tensors (XNNPACK, one tap for each pixel) is 1.6 to 5 times slower.
 */
import { tf, type Tensor } from '../tf.js';
import { defineKernel } from '../define-kernel.js';
import { heapKernels } from '../simd/index.js';
import { replaceKernel } from './registry.js';
import { asTensor } from './stock-kernels.js';
import { convGeometry, type ConvGeometry } from './conv-geometry.js';

interface Strip extends ConvGeometry {
  /** Output rows, counted through the whole batch. */
  readonly firstRow: number;
  readonly rows: number;
}

/** Largest strip of Cᵀ: 16 MiB of float32. */
const stripElements = 4 * 1024 * 1024;

/** [B, H, W, Cin] → Cᵀ [KH · KW · Cin, rows · outWidth]. */
const tapColumns = defineKernel<Strip>({
  name: 'device/tap-columns',
  inputs: ['x'],
  outputs: (_inputs, { filterHeight, filterWidth, inChannels, rows, outWidth }) => [
    { shape: [filterHeight * filterWidth * inChannels, rows * outWidth], dtype: 'float32' },
  ],
  compute: ([x], [result], strip) => {
    for (let row = 0; row < strip.rows; row++) {
      const outRow = strip.firstRow + row;
      const image = Math.floor(outRow / strip.outHeight);
      const top = (outRow % strip.outHeight) * strip.strideHeight - strip.padTop;
      for (let ky = 0; ky < strip.filterHeight; ky++) {
        const y = top + ky;
        if (y < 0 || y >= strip.inHeight) continue;
        copyRow(x!.data as Float32Array, result!.data as Float32Array, (image * strip.inHeight + y) * strip.inWidth, ky, row, strip);
      }
    }
  },
});

/** One input row into the rows (ky, kx, ci) of Cᵀ, for all kx and ci. */
function copyRow(from: Float32Array, to: Float32Array, rowStart: number, ky: number, row: number, strip: Strip): void {
  const { filterWidth, inChannels, outWidth, strideWidth, padLeft, inWidth } = strip;
  const length = strip.rows * outWidth;
  const kernels = heapKernels(to);
  for (let kx = 0; kx < filterWidth; kx++) {
    const offset = kx - padLeft;
    const first = Math.max(0, Math.ceil(-offset / strideWidth));
    const last = Math.min(outWidth - 1, Math.floor((inWidth - 1 - offset) / strideWidth));
    const step = strideWidth * inChannels;
    if (kernels && last >= first) {
      const read = (rowStart + first * strideWidth + offset) * inChannels;
      const write = (ky * filterWidth + kx) * inChannels * length + row * outWidth + first;
      kernels.transposeRun(from.byteOffset + 4 * read, to.byteOffset + 4 * write, last - first + 1, inChannels, 4 * step, 4 * length);
      continue;
    }
    for (let ci = 0; ci < inChannels; ci++) {
      let read = (rowStart + first * strideWidth + offset) * inChannels + ci;
      let write = ((ky * filterWidth + kx) * inChannels + ci) * length + row * outWidth + first;
      for (let ox = first; ox <= last; ox++, read += step) to[write++] = from[read]!;
    }
  }
}

/** dW of y = conv2d(x, filter), from dy. */
function convFilterGradient(x: Tensor, dy: Tensor, geometry: ConvGeometry): Tensor {
  const { batch, outHeight, outWidth, outChannels, inChannels, filterHeight, filterWidth } = geometry;
  const taps = filterHeight * filterWidth * inChannels;
  const totalRows = batch * outHeight;
  const stripRows = Math.max(1, Math.min(totalRows, Math.floor(stripElements / (taps * outWidth))));
  const pixels = dy.reshape([totalRows * outWidth, outChannels]);
  let sum: Tensor | undefined;
  for (let firstRow = 0; firstRow < totalRows; firstRow += stripRows) {
    const rows = Math.min(stripRows, totalRows - firstRow);
    const before = sum;
    sum = tf.tidy(() => {
      const columns = tapColumns([x], { ...geometry, firstRow, rows })[0]!;
      const part = tf.matMul(columns, pixels.slice([firstRow * outWidth, 0], [rows * outWidth, outChannels]));
      return before ? before.add(part) : part;
    });
    before?.dispose();
  }
  return sum!.reshape([filterHeight, filterWidth, inChannels, outChannels]);
}

export function registerConvFilterGradient(backendName: string): void {
  replaceKernel('Conv2DBackpropFilter', backendName, ({ inputs, attributes }) =>
    tf.tidy(() => {
      const x = asTensor(inputs['x']!);
      const geometry = convGeometry(x.shape, attributes['filterShape'] as number[], attributes);
      return convFilterGradient(x, asTensor(inputs['dy']!), geometry);
    }),
  );
}
