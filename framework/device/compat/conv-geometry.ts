/** What the kernels of convolution gradients need to know about a convolution, from the attributes of TensorFlow.js. */
import { tf } from '../tf.js';

export interface ConvGeometry {
  readonly batch: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
}

type Pads = Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
type Shape4 = [number, number, number, number];

/** Sizes, strides, dilations and padding from the attributes of a convolution. */
export function convGeometry(
  xShape: readonly number[],
  filterShape: readonly number[],
  attributes: Readonly<Record<string, unknown>>,
  depthwise = false,
): ConvGeometry {
  const { strides, pad, dimRoundingMode, dataFormat } = attributes;
  if (dataFormat !== undefined && dataFormat !== 'NHWC') throw new RangeError(`convolutions are NHWC here, got ${String(dataFormat)}`);
  const info = tf.backend_util.computeConv2DInfo(
    [...xShape] as Shape4, [...filterShape] as Shape4, strides as [number, number], 1, pad as Pads,
    dimRoundingMode as 'floor' | undefined, depthwise,
  );
  return {
    batch: info.batchSize, inHeight: info.inHeight, inWidth: info.inWidth, inChannels: info.inChannels,
    outHeight: info.outHeight, outWidth: info.outWidth, outChannels: info.outChannels,
    filterHeight: info.filterHeight, filterWidth: info.filterWidth,
    strideHeight: info.strideHeight, strideWidth: info.strideWidth,
    padTop: info.padInfo.top, padLeft: info.padInfo.left,
  };
}

/** The geometry of a pooling, as a convolution with one output channel for each input channel. */
export function poolGeometry(xShape: readonly number[], attributes: Readonly<Record<string, unknown>>): ConvGeometry {
  const [height, width] = [attributes['filterSize']].flat() as [number, number | undefined];
  const channels = xShape[3]!;
  return convGeometry(xShape, [height, width ?? height, channels, 1], { ...attributes, dataFormat: undefined }, true);
}

/** Calls `visit(first pixel of x, first pixel of y, count, tap)` for every run of output pixels of a row that a tap connects. */
export function forEachTapRow(g: ConvGeometry, visit: (input: number, output: number, count: number, tap: number) => void): void {
  for (let row = 0; row < g.batch * g.outHeight; row++) {
    const image = Math.floor(row / g.outHeight);
    const top = (row % g.outHeight) * g.strideHeight - g.padTop;
    for (let ky = Math.max(0, -top); ky < g.filterHeight && top + ky < g.inHeight; ky++) {
      const inputRow = (image * g.inHeight + top + ky) * g.inWidth;
      for (let kx = 0; kx < g.filterWidth; kx++) {
        const offset = kx - g.padLeft;
        const first = Math.max(0, Math.ceil(-offset / g.strideWidth));
        const last = Math.min(g.outWidth - 1, Math.floor((g.inWidth - 1 - offset) / g.strideWidth));
        if (last < first) continue;
        visit(inputRow + first * g.strideWidth + offset, row * g.outWidth + first, last - first + 1, ky * g.filterWidth + kx);
      }
    }
  }
}

/** Calls `visit(pixel of x, pixel of y, tap)` for every pair that a tap connects, output pixel by output pixel. */
export function forEachTap(g: ConvGeometry, visit: (input: number, output: number, tap: number) => void): void {
  for (let row = 0; row < g.batch * g.outHeight; row++) {
    const image = Math.floor(row / g.outHeight);
    const top = (row % g.outHeight) * g.strideHeight - g.padTop;
    for (let ox = 0; ox < g.outWidth; ox++) {
      const left = ox * g.strideWidth - g.padLeft;
      for (let ky = Math.max(0, -top); ky < g.filterHeight && top + ky < g.inHeight; ky++) {
        const inputRow = (image * g.inHeight + top + ky) * g.inWidth + left;
        for (let kx = Math.max(0, -left); kx < g.filterWidth && left + kx < g.inWidth; kx++) {
          visit(inputRow + kx, row * g.outWidth + ox, ky * g.filterWidth + kx);
        }
      }
    }
  }
}
