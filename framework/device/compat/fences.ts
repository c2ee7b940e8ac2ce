/**
 * Operators whose gradient TensorFlow.js 4.22 lacks or computes wrongly and which have a better replacement: their use on a path
 * that is differentiated is an error that names it.
 */
import { tf } from '../tf.js';
import { FlowError } from '../../errors/flow-error.js';
import { replaceGradient, replaceKernel } from './registry.js';
import { kernelOf } from './stock-kernels.js';

/** By kernel: the operator, and what to use instead. */
export const fences = {
  MirrorPad: { operator: 'mirrorPad', cure: 'use `tf.gather` with mirrored indices on each axis' },
  Einsum: { operator: 'einsum', cure: 'use `matMul`, with `transpose` and `reshape` where needed' },
  TopK: { operator: 'topk', cure: 'find the indices beside the tape (`withoutTape`), then `tf.gather` the values' },
  Cumprod: { operator: 'cumprod', cure: 'use `tf.exp(tf.cumsum(tf.log(x)))` for positive values' },
  CropAndResize: { operator: 'image.cropAndResize', cure: 'use `tf.slice`, then `resizeByMatrices`' },
  DepthToSpace: { operator: 'depthToSpace', cure: 'use `reshape` and `transpose`' },
  TensorScatterUpdate: { operator: 'tensorScatterUpdate', cure: 'use `tf.where` with a mask, or `tf.scatterND` of the differences' },
  RotateWithOffset: { operator: 'image.rotateWithOffset', cure: 'find the indices beside the tape, then `tf.gather`' },
  Transform: { operator: 'image.transform', cure: 'find the indices and weights beside the tape, then `tf.gather`' },
} as const satisfies Record<string, { readonly operator: string; readonly cure: string }>;

/** Gradients are common to all engines. */
export function fenceGradients(): void {
  for (const [kernel, { operator, cure }] of Object.entries(fences)) {
    replaceGradient({ kernel, gradient: () => refuse(`the gradient of ${operator}`, cure) });
  }
  fenceDilations('Conv2D', 'conv2d');
  fenceDilations('DepthwiseConv2dNative', 'depthwiseConv2d');
}

/** Einsum takes 18 s on cpu for what one matrix product does in 0.4 s, and does not exist on wasm. */
export function fenceEinsum(backendName: string): void {
  replaceKernel('Einsum', backendName, () => refuse('einsum', fences.Einsum.cure));
}

/** TensorFlow.js fails while it keeps the inputs that were left out. */
export function fenceBatchNorm(backendName: string): void {
  if (!tf.getKernel('FusedBatchNorm', backendName)) return;
  const stock = kernelOf('FusedBatchNorm', backendName);
  replaceKernel('FusedBatchNorm', backendName, ({ inputs, attributes, backend }) => {
    const { gradientDepth, kernelDepth } = tf.engine().state;
    if (gradientDepth > 0 && kernelDepth === 1 && (!inputs['scale'] || !inputs['offset'])) {
      refuse('the gradient of batchNorm without offset or scale', 'pass `tf.zeros` and `tf.ones`');
    }
    return stock({ inputs, attrs: attributes, backend });
  });
}

function fenceDilations(kernel: string, operator: string): void {
  const { gradFunc, ...stock } = tf.getGradient(kernel)!;
  tf.unregisterGradient(kernel);
  tf.registerGradient({
    ...stock,
    gradFunc: (dy, saved, attributes) => {
      const { dilations } = attributes as unknown as { dilations?: number | readonly number[] };
      if ([dilations ?? 1].flat().some((rate) => rate !== 1)) {
        refuse(`the gradient of a dilated ${operator}`, 'use a larger filter with zeros between its taps, or `tf.spaceToBatchND` around a plain one');
      }
      return gradFunc(dy, saved, attributes);
    },
  });
}

function refuse(what: string, cure: string): never {
  throw new FlowError('FLOW_DEVICE', { message: `TensorFlow.js computes ${what} wrongly, too slowly or not at all, so it is switched off.`, cure });
}
