/**
 * Gradients of image resizing. TensorFlow.js's plain CPU kernels swap height and width (bilinear), read the wrong sample of a batch
 * (nearest) and ignore half-pixel centres; these write each dy to the pixels that the forward pass read, with its weights.
 */
import { computeOnHost, type KernelSpec } from '../define-kernel.js';
import { replaceKernel } from './registry.js';

interface Resize {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
  readonly nearest: boolean;
}

/** What one output row or column reads: two neighbours, and the share of the higher one. */
interface Taps {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly share: Float32Array;
}

function tapsOf(from: number, to: number, { alignCorners, halfPixelCenters, nearest }: Resize): Taps {
  const ratio = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  const taps: Taps = { low: new Int32Array(to), high: new Int32Array(to), share: new Float32Array(to) };
  for (let index = 0; index < to; index++) {
    if (nearest) {
      const position = ratio * (halfPixelCenters ? index + 0.5 : index);
      taps.low[index] = taps.high[index] = Math.max(0, Math.min(from - 1, alignCorners ? Math.round(position) : Math.floor(position)));
      continue;
    }
    const position = halfPixelCenters ? ratio * (index + 0.5) - 0.5 : ratio * index;
    taps.low[index] = Math.max(0, Math.floor(position));
    taps.high[index] = Math.min(from - 1, Math.ceil(position));
    taps.share[index] = position - taps.low[index]!;
  }
  return taps;
}

const resizeGradient: Pick<KernelSpec<Resize>, 'outputs' | 'compute'> = {
  outputs: ([images]) => [{ shape: images!.shape, dtype: 'float32' }],
  compute: ([images, dy], [dx], resize) => {
    const [batch, height, width, channels] = images!.shape as [number, number, number, number];
    const [, outHeight, outWidth] = dy!.shape as [number, number, number];
    const rows = tapsOf(height, outHeight, resize);
    const columns = tapsOf(width, outWidth, resize);
    let read = 0;
    const add = (row: number, column: number, weight: number): void => {
      const write = (row * width + column) * channels;
      for (let c = 0; c < channels; c++) dx!.data[write + c]! += weight * dy!.data[read + c]!;
    };
    for (let b = 0; b < batch; b++) {
      for (let y = 0; y < outHeight; y++) {
        const [top, bottom, down] = [b * height + rows.low[y]!, b * height + rows.high[y]!, rows.share[y]!];
        for (let x = 0; x < outWidth; x++, read += channels) {
          const [left, right, across] = [columns.low[x]!, columns.high[x]!, columns.share[x]!];
          add(top, left, (1 - down) * (1 - across));
          if (resize.nearest) continue;
          add(top, right, (1 - down) * across);
          add(bottom, left, down * (1 - across));
          add(bottom, right, down * across);
        }
      }
    }
  },
};

export function registerResizeGradients(backendName: string): void {
  for (const [kernel, nearest] of [['ResizeBilinearGrad', false], ['ResizeNearestNeighborGrad', true]] as const) {
    replaceKernel(kernel, backendName, ({ inputs, attributes, backend }) =>
      computeOnHost(resizeGradient, [inputs['images']!, inputs['dy']!], backend, {
        nearest, alignCorners: attributes['alignCorners'] === true, halfPixelCenters: attributes['halfPixelCenters'] === true,
      })[0]!,
    );
  }
}
