/**
 * The gradient of a convolution with respect to its input, as a forward convolution (wasm: 481 → 39 ms where it was first
 * measured; see bench/operators.ts).
 *
 * With stride s and y + pad = s·q + r, dx[s·q + r] = Σ_j dy[q − j] · W[r + s·j]: for each remainder r this is a convolution of dy
 * with the flipped filter taps of that remainder. All remainders are computed as extra output channels of one convolution and
 * then put in their places (the sub-pixel convolution of Shi et al., CVPR 2016).
 */
import { tf, type Tensor, type Tensor4D } from '../tf.js';
import { defineKernel } from '../define-kernel.js';
import { heapKernels } from '../simd/index.js';
import { replaceKernel } from './registry.js';
import { asTensor } from './stock-kernels.js';
import { convGeometry, type ConvGeometry } from './conv-geometry.js';

interface Phases extends ConvGeometry {
  /** Remainders that have taps: min(stride, filter). */
  readonly phasesY: number;
  readonly phasesX: number;
  /** Taps of a remainder: ⌈filter / stride⌉. */
  readonly tapsY: number;
  readonly tapsX: number;
  /** q of the first and number of computed rows and columns. */
  readonly firstY: number;
  readonly firstX: number;
  readonly countY: number;
  readonly countX: number;
}

function phasesOf(geometry: ConvGeometry): Phases {
  const { inHeight, inWidth, filterHeight, filterWidth, strideHeight, strideWidth, padTop, padLeft } = geometry;
  const firstY = Math.floor(padTop / strideHeight);
  const firstX = Math.floor(padLeft / strideWidth);
  return {
    ...geometry,
    phasesY: Math.min(strideHeight, filterHeight),
    phasesX: Math.min(strideWidth, filterWidth),
    tapsY: Math.ceil(filterHeight / strideHeight),
    tapsX: Math.ceil(filterWidth / strideWidth),
    firstY,
    firstX,
    countY: Math.floor((inHeight - 1 + padTop) / strideHeight) - firstY + 1,
    countX: Math.floor((inWidth - 1 + padLeft) / strideWidth) - firstX + 1,
  };
}

/** [KH, KW, Cin, Cout] → [tapsY, tapsX, Cout, phasesY · phasesX · Cin], taps reversed. */
const flippedFilter = defineKernel<Phases>({
  name: 'device/flipped-filter',
  inputs: ['filter'],
  outputs: (_inputs, { tapsY, tapsX, outChannels, phasesY, phasesX, inChannels }) => [
    { shape: [tapsY, tapsX, outChannels, phasesY * phasesX * inChannels], dtype: 'float32' },
  ],
  compute: ([filter], [result], p) => {
    const { inChannels, outChannels } = p;
    const columns = p.phasesY * p.phasesX * inChannels;
    const kernels = heapKernels(result!.data);
    for (let ky = 0; ky < p.filterHeight; ky++) {
      for (let kx = 0; kx < p.filterWidth; kx++) {
        const tapY = p.tapsY - 1 - Math.floor(ky / p.strideHeight);
        const tapX = p.tapsX - 1 - Math.floor(kx / p.strideWidth);
        const phase = (ky % p.strideHeight) * p.phasesX + (kx % p.strideWidth);
        const from = (ky * p.filterWidth + kx) * inChannels * outChannels;
        const to = (tapY * p.tapsX + tapX) * outChannels * columns + phase * inChannels;
        if (kernels) {
          const [source, target] = [filter!.data.byteOffset + 4 * from, result!.data.byteOffset + 4 * to];
          kernels.transposeRun(source, target, inChannels, outChannels, 4 * outChannels, 4 * columns);
          continue;
        }
        for (let co = 0; co < outChannels; co++) {
          const row = to + co * columns;
          for (let ci = 0; ci < inChannels; ci++) result!.data[row + ci] = filter!.data[from + ci * outChannels + co]!;
        }
      }
    }
  },
});

/** [B, countY, countX, phasesY · phasesX · Cin] → [B, H, W, Cin]. */
const placePhases = defineKernel<Phases>({
  name: 'device/place-phases',
  inputs: ['phases'],
  outputs: (_inputs, { batch, inHeight, inWidth, inChannels }) => [{ shape: [batch, inHeight, inWidth, inChannels], dtype: 'float32' }],
  compute: ([phases], [result], p) => {
    const { inChannels } = p;
    const from = phases!.data;
    const to = result!.data;
    const depth = p.phasesY * p.phasesX * inChannels;
    const kernels = heapKernels(to);
    for (let b = 0; b < p.batch; b++) {
      for (let y = 0; y < p.inHeight; y++) {
        const phaseY = (y + p.padTop) % p.strideHeight;
        if (phaseY >= p.phasesY) continue;
        const row = (b * p.countY + Math.floor((y + p.padTop) / p.strideHeight) - p.firstY) * p.countX;
        for (let x = 0; x < p.inWidth; x++) {
          const phaseX = (x + p.padLeft) % p.strideWidth;
          if (phaseX >= p.phasesX) continue;
          const column = Math.floor((x + p.padLeft) / p.strideWidth) - p.firstX;
          const read = (row + column) * depth + (phaseY * p.phasesX + phaseX) * inChannels;
          const write = ((b * p.inHeight + y) * p.inWidth + x) * inChannels;
          if (kernels) kernels.addScaled(to.byteOffset + 4 * write, from.byteOffset + 4 * read, 1, 4 * inChannels);
          else for (let c = 0; c < inChannels; c++) to[write + c] = from[read + c]!;
        }
      }
    }
  },
});

/** dx of y = conv2d(x, filter), from dy. */
function convInputGradient(dy: Tensor, filter: Tensor, geometry: ConvGeometry): Tensor {
  const phases = phasesOf(geometry);
  const { tapsY, tapsX, firstY, firstX, countY, countX, outHeight, outWidth } = phases;
  const flipped = flippedFilter([filter], phases)[0] as Tensor4D;
  const [top, left] = [tapsY - 1 - firstY, tapsX - 1 - firstX];
  const [bottom, right] = [countY + firstY - outHeight, countX + firstX - outWidth];
  // Rows of dy that read nothing but padding do not count.
  const used = dy.slice([0, 0, 0, 0], [geometry.batch, outHeight + Math.min(0, bottom), outWidth + Math.min(0, right), geometry.outChannels]);
  const pads: [[number, number], [number, number], [number, number], [number, number]] =
    [[0, 0], [top, Math.max(0, bottom)], [left, Math.max(0, right)], [0, 0]];
  const values = tf.conv2d(used as Tensor4D, flipped, 1, pads);
  return geometry.strideHeight === 1 && geometry.strideWidth === 1 ? values : placePhases([values], phases)[0]!;
}

export function registerConvInputGradient(backendName: string): void {
  replaceKernel('Conv2DBackpropInput', backendName, ({ inputs, attributes }) =>
    tf.tidy(() => {
      const filter = asTensor(inputs['filter']!);
      const geometry = convGeometry(attributes['inputShape'] as number[], filter.shape, attributes);
      return convInputGradient(asTensor(inputs['dy']!), filter, geometry);
    }),
  );
}
