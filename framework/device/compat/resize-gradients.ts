/**
 * Gradients of image resizing. TensorFlow.js's plain CPU kernels swap height and width (bilinear), read the wrong sample of a batch
 * (nearest) and ignore half-pixel centres; these write each dy to the pixels that the forward pass read, with its weights.
 */
import { computeOn, type KernelSpec } from '../define-kernel.js';
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

/** The taps turned round: what each input row or column gave to which output, as compressed rows. */
interface Adjoint {
  readonly pointers: Int32Array;
  readonly places: Int32Array;
  readonly shares: Float32Array;
}

/** Kept, since what stays the same array is copied to a GPU once. */
const adjoints = new Map<string, Adjoint>();

function adjointOf(from: number, to: number, resize: Resize): Adjoint {
  const key = [from, to, resize.alignCorners, resize.halfPixelCenters, resize.nearest].join();
  const known = adjoints.get(key);
  if (known) return known;
  const { low, high, share } = tapsOf(from, to, resize);
  const rows = Array.from({ length: from }, (): [place: number, share: number][] => []);
  for (let place = 0; place < to; place++) {
    rows[low[place]!]!.push([place, 1 - share[place]!]);
    if (!resize.nearest) rows[high[place]!]!.push([place, share[place]!]);
  }
  const pointers = new Int32Array(from + 1);
  rows.forEach((row, index) => (pointers[index + 1] = pointers[index]! + row.length));
  const adjoint = {
    pointers, places: Int32Array.from(rows.flat(), ([place]) => place), shares: Float32Array.from(rows.flat(), ([, part]) => part),
  };
  adjoints.set(key, adjoint);
  return adjoint;
}

const resizeGradient = {
  name: 'device/resize-gradient',
  inputs: ['images', 'dy'],
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
  wgsl: ({ inputs: [images, dy], attributes }) => {
    const [batch, height, width, channels] = images!.shape as [number, number, number, number];
    const [, outHeight, outWidth] = dy!.shape as [number, number, number];
    const [rows, columns] = [adjointOf(height, outHeight, attributes), adjointOf(width, outWidth, attributes)];
    return {
      results: ['dx'],
      integers: { height, width, channels, outHeight, outWidth },
      constants: {
        rowPointers: rows.pointers, rowPlaces: rows.places, rowShares: rows.shares,
        columnPointers: columns.pointers, columnPlaces: columns.places, columnShares: columns.shares,
      },
      passes: [{ count: batch * height * width * channels, code: gatherTaps }],
    };
  },
} satisfies Pick<KernelSpec<Resize>, 'name' | 'inputs' | 'outputs' | 'compute' | 'wgsl'>;

const gatherTaps = `
  fn run(index: i32) {
    let channel = index % u.channels;
    let column = (index / u.channels) % u.width;
    let row = (index / (u.channels * u.width)) % u.height;
    let image = index / (u.channels * u.width * u.height);
    var sum = 0.0;
    for (var r = rowPointers[row]; r < rowPointers[row + 1]; r++) {
      for (var c = columnPointers[column]; c < columnPointers[column + 1]; c++) {
        let source = ((image * u.outHeight + rowPlaces[r]) * u.outWidth + columnPlaces[c]) * u.channels + channel;
        sum += rowShares[r] * columnShares[c] * dy[source];
      }
    }
    dx[index] = sum;
  }`;

export function registerResizeGradients(backendName: string): void {
  for (const [kernel, nearest] of [['ResizeBilinearGrad', false], ['ResizeNearestNeighborGrad', true]] as const) {
    replaceKernel(kernel, backendName, ({ inputs, attributes, backend }) =>
      computeOn(backendName, resizeGradient, [inputs['images']!, inputs['dy']!], backend, {
        nearest, alignCorners: attributes['alignCorners'] === true, halfPixelCenters: attributes['halfPixelCenters'] === true,
      })[0]!,
    );
  }
}
