/**
 * Gradients of pooling. TensorFlow.js's of `avgPool` divides by the whole window where the forward pass divides by what lies
 * inside the image, so it is wrong at padded borders; its of `maxPool` is right but ten times slower than one pass over the
 * windows.
 */
import { computeOn, computeOnHost, type KernelSpec } from '../define-kernel.js';
import { heapKernels } from '../simd/index.js';
import { forEachTap, poolGeometry, type ConvGeometry } from './conv-geometry.js';
import { disposeInfo, replaceKernel } from './registry.js';

type Kernel = Pick<KernelSpec<ConvGeometry>, 'outputs' | 'compute'>;

const like = (g: ConvGeometry) => ({ shape: [g.batch, g.inHeight, g.inWidth, g.inChannels], dtype: 'float32' as const });

/** dy goes to the first largest element of its window. */
const maxPoolGradient: Kernel = {
  // The second output is room to note what was found.
  outputs: (_inputs, g) => [like(g), { shape: [g.inChannels], dtype: 'float32' }],
  compute: ([dy, x, y], [dx, room], g) => {
    const channels = g.inChannels;
    const [slopes, values, largest, to] = [dy!.data, x!.data, y!.data, dx!.data];
    const kernels = channels % 4 === 0 ? heapKernels(to) : undefined;
    if (kernels) {
      const size = 4 * channels;
      let current = -1;
      forEachTap(g, (input, output) => {
        if (output !== current) room!.data.fill(0);
        current = output;
        kernels.routeLargest(
          to.byteOffset + input * size, slopes.byteOffset + output * size, values.byteOffset + input * size,
          largest.byteOffset + output * size, room!.data.byteOffset, size,
        );
      });
      return;
    }
    const found = new Uint8Array(channels);
    let current = -1;
    forEachTap(g, (input, output) => {
      if (output !== current) {
        found.fill(0);
        current = output;
      }
      for (let c = 0, i = input * channels, o = output * channels; c < channels; c++, i++, o++) {
        if (found[c] === 0 && values[i] === largest[o]) {
          to[i]! += slopes[o]!;
          found[c] = 1;
        }
      }
    });
  },
};

/** dy is shared by the elements of its window that lie inside the image. */
const avgPoolGradient = {
  name: 'device/avg-pool-gradient',
  inputs: ['dy'],
  outputs: (_inputs, g) => [like(g)],
  compute: ([dy], [dx], g) => {
    const channels = g.inChannels;
    const kernels = heapKernels(dx!.data);
    const counts = new Float32Array(g.batch * g.outHeight * g.outWidth);
    forEachTap(g, (_input, output) => void counts[output]!++);
    forEachTap(g, (input, output) => {
      const share = 1 / counts[output]!;
      const size = 4 * channels;
      if (kernels) return kernels.addScaled(dx!.data.byteOffset + input * size, dy!.data.byteOffset + output * size, share, size);
      for (let c = 0, i = input * channels, o = output * channels; c < channels; c++, i++, o++) dx!.data[i]! += share * dy!.data[o]!;
    });
  },
  wgsl: ({ attributes: g }) => ({
    results: ['dx'],
    integers: {
      inHeight: g.inHeight, inWidth: g.inWidth, channels: g.inChannels, outHeight: g.outHeight, outWidth: g.outWidth,
      filterHeight: g.filterHeight, filterWidth: g.filterWidth, strideHeight: g.strideHeight, strideWidth: g.strideWidth,
      padTop: g.padTop, padLeft: g.padLeft,
    },
    passes: [{ count: g.batch * g.inHeight * g.inWidth * g.inChannels, code: gatherShares }],
  }),
} satisfies Kernel & Pick<KernelSpec<ConvGeometry>, 'name' | 'inputs' | 'wgsl'>;

/** An element takes its share of every window that it lies in. */
const gatherShares = `
  // The first and one past the last window over a place; what a window covers of the image.
  fn windows(place: i32, filter_: i32, stride: i32, extent: i32) -> vec2<i32> {
    return vec2<i32>(max(0, (place - filter_ + stride) / stride), min(extent, place / stride + 1));
  }
  fn covered(window: i32, filter_: i32, stride: i32, pad: i32, extent: i32) -> i32 {
    let first = window * stride - pad;
    return min(extent, first + filter_) - max(0, first);
  }
  fn run(index: i32) {
    let channel = index % u.channels;
    let column = (index / u.channels) % u.inWidth;
    let row = (index / (u.channels * u.inWidth)) % u.inHeight;
    let image = index / (u.channels * u.inWidth * u.inHeight);
    let rows = windows(row + u.padTop, u.filterHeight, u.strideHeight, u.outHeight);
    let columns = windows(column + u.padLeft, u.filterWidth, u.strideWidth, u.outWidth);
    var sum = 0.0;
    for (var r = rows.x; r < rows.y; r++) {
      let height = covered(r, u.filterHeight, u.strideHeight, u.padTop, u.inHeight);
      for (var c = columns.x; c < columns.y; c++) {
        let area = height * covered(c, u.filterWidth, u.strideWidth, u.padLeft, u.inWidth);
        sum += dy[((image * u.outHeight + r) * u.outWidth + c) * u.channels + channel] / f32(area);
      }
    }
    dx[index] = sum;
  }`;

export function registerPoolGradients(backendName: string): void {
  replaceKernel('MaxPoolGrad', backendName, ({ inputs, attributes, backend }) => {
    const geometry = poolGeometry(inputs['input']!.shape, attributes);
    const [dx, room] = computeOnHost(maxPoolGradient, [inputs['dy']!, inputs['input']!, inputs['output']!], backend, geometry);
    disposeInfo(room!, backend);
    return dx!;
  });
  registerAvgPoolGradient(backendName);
}

export function registerAvgPoolGradient(backendName: string): void {
  replaceKernel('AvgPoolGrad', backendName, ({ inputs, attributes, backend }) =>
    computeOn(backendName, avgPoolGradient, [inputs['dy']!], backend, poolGeometry(inputs['input']!.shape, attributes))[0]!,
  );
}
