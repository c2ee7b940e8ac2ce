/**
 * Depthwise 3 × 3 convolutions on wasm, where a third of the time of small face networks goes. XNNPACK fetches nine values, nine addresses and nine
 * weights for each pixel and four channels; here the weights stay in registers along a row, and two neighbouring pixels share what they see.
 */
import { tf } from '../tf.js';
import type { HostBackend, KernelArray } from '../define-kernel.js';
import { heapKernels } from '../simd/index.js';
import { convGeometry, type ConvGeometry } from './conv-geometry.js';
import { replaceKernel } from './registry.js';
import { kernelOf } from './stock-kernels.js';

const side = 3;

type Heap = Required<Pick<HostBackend, 'typedArrayFromHeap' | 'makeOutput'>>;

function depthwise(x: tf.TensorInfo, filter: tf.TensorInfo, geometry: ConvGeometry, backend: Heap): tf.TensorInfo {
  const { batch, inHeight, inWidth, inChannels, outHeight, outWidth, strideHeight, strideWidth, padTop, padLeft } = geometry;
  const y = backend.makeOutput([batch, outHeight, outWidth, inChannels], 'float32');
  const [from, weights, to] = [x, filter, y].map((info) => backend.typedArrayFromHeap(info)) as [KernelArray, KernelArray, KernelArray]; // making y may move the heap
  const kernels = heapKernels(to)!;
  const pixel = to.BYTES_PER_ELEMENT * inChannels;
  const first = Math.min(outWidth, Math.ceil(padLeft / strideWidth));
  const end = Math.max(first, Math.min(outWidth, Math.floor((inWidth - side + padLeft) / strideWidth) + 1));
  for (let sample = 0; sample < batch; sample++) {
    kernels.depthwise(
      from.byteOffset + sample * inHeight * inWidth * pixel, weights.byteOffset, to.byteOffset + sample * outHeight * outWidth * pixel,
      inHeight, inWidth, pixel, outHeight, outWidth, strideHeight, strideWidth, padTop, padLeft, first, end,
    );
  }
  return y;
}

export function registerWasmDepthwise(): void {
  const name = 'DepthwiseConv2dNative';
  const stock = kernelOf(name, 'wasm');
  replaceKernel(name, 'wasm', ({ inputs, attributes, backend }) => {
    const { x, filter } = inputs as { readonly x: tf.TensorInfo; readonly filter: tf.TensorInfo };
    return isOurs(x, filter, attributes)
      ? depthwise(x, filter, convGeometry(x.shape, filter.shape, attributes, true), backend as Heap)
      : stock({ inputs, attrs: attributes, backend });
  });
}

/** Four channels fill a register; anything unusual is left to XNNPACK, also where there is no SIMD. */
function isOurs(x: tf.TensorInfo, filter: tf.TensorInfo, { dilations, dataFormat }: Readonly<Record<string, unknown>>): boolean {
  const [height, width, channels, multiplier] = filter.shape;
  const isDense = dilations === undefined || [dilations].flat().every((dilation) => dilation === 1);
  return height === side && width === side && channels! % 4 === 0 && multiplier === 1 && x.dtype === 'float32' && isDense
    && (dataFormat === undefined || dataFormat === 'NHWC') && tf.env().getBool('WASM_HAS_SIMD_SUPPORT');
}
