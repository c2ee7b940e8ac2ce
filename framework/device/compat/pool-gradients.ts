/**
 * Gradients of pooling. TensorFlow.js's of `avgPool` divides by the whole window where the forward pass divides by what lies
 * inside the image, so it is wrong at padded borders; its of `maxPool` is right but ten times slower than one pass over the
 * windows.
 */
import { computeOnHost, type KernelSpec } from '../define-kernel.js';
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
const avgPoolGradient: Kernel = {
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
};

export function registerPoolGradients(backendName: string): void {
  replaceKernel('MaxPoolGrad', backendName, ({ inputs, attributes, backend }) => {
    const geometry = poolGeometry(inputs['input']!.shape, attributes);
    const [dx, room] = computeOnHost(maxPoolGradient, [inputs['dy']!, inputs['input']!, inputs['output']!], backend, geometry);
    disposeInfo(room!, backend);
    return dx!;
  });
  replaceKernel('AvgPoolGrad', backendName, ({ inputs, attributes, backend }) =>
    computeOnHost(avgPoolGradient, [inputs['dy']!], backend, poolGeometry(inputs['input']!.shape, attributes))[0]!,
  );
}
