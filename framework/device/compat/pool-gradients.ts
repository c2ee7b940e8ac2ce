/**
 * Gradients of pooling. TensorFlow.js's of `avgPool` divides by the whole window where the forward pass divides by what lies
 * inside the image, so it is wrong at padded borders; its of `maxPool` is right but ten times slower than one pass over the
 * windows.
 */
import { computeOnHost, type KernelSpec } from '../define-kernel.js';
import { forEachTap, poolGeometry, type ConvGeometry } from './conv-geometry.js';
import { replaceKernel } from './registry.js';

type Kernel = Pick<KernelSpec<ConvGeometry>, 'outputs' | 'compute'>;

const like = (g: ConvGeometry) => [{ shape: [g.batch, g.inHeight, g.inWidth, g.inChannels], dtype: 'float32' as const }];

/** dy goes to the first largest element of its window. */
const maxPoolGradient: Kernel = {
  outputs: (_inputs, g) => like(g),
  compute: ([dy, x, y], [dx], g) => {
    const channels = g.inChannels;
    const [slopes, values, largest, to] = [dy!.data, x!.data, y!.data, dx!.data];
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
  outputs: (_inputs, g) => like(g),
  compute: ([dy], [dx], g) => {
    const channels = g.inChannels;
    const counts = new Float32Array(g.batch * g.outHeight * g.outWidth);
    forEachTap(g, (_input, output) => void counts[output]!++);
    forEachTap(g, (input, output) => {
      const share = 1 / counts[output]!;
      for (let c = 0, i = input * channels, o = output * channels; c < channels; c++, i++, o++) dx!.data[i]! += share * dy!.data[o]!;
    });
  },
};

export function registerPoolGradients(backendName: string): void {
  replaceKernel('MaxPoolGrad', backendName, ({ inputs, attributes, backend }) =>
    computeOnHost(
      maxPoolGradient, [inputs['dy']!, inputs['input']!, inputs['output']!], backend, poolGeometry(inputs['input']!.shape, attributes),
    )[0]!,
  );
  replaceKernel('AvgPoolGrad', backendName, ({ inputs, attributes, backend }) =>
    computeOnHost(avgPoolGradient, [inputs['dy']!], backend, poolGeometry(inputs['input']!.shape, attributes))[0]!,
  );
}
