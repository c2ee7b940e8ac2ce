import { defineKernel, type KernelOutput, type Tensor } from '../../../framework/device/index.js';
import { FlowError } from '../../../framework/index.js';
import { unitVectorsBackwardInto, unitVectorsInto } from '../host/unit-vectors.js';
import { unitVectorsGradientWgsl, unitVectorsWgsl } from './wgsl/unit-vectors.js';

const sameShape = (inputs: readonly KernelOutput[]): KernelOutput[] => {
  const { shape } = inputs[0]!;
  if (shape.at(-1) !== 3) {
    throw new FlowError('FLOW_DEVICE_SHAPE', {
      message: 'unitVectors: rows hold three numbers.', who: 'unitVectors', expected: '[…, 3]', got: `[${shape.join(', ')}]`,
    });
  }
  return [{ shape, dtype: 'float32' }];
};

const backward = defineKernel<object>({
  name: 'rasterizer/unit-vectors-gradient',
  inputs: ['vectors', 'dy'],
  outputs: sameShape,
  compute: ([vectors, dy], [result]) => {
    unitVectorsBackwardInto(vectors!.data as Float32Array, dy!.data as Float32Array, result!.data as Float32Array);
  },
  wgsl: unitVectorsGradientWgsl,
});

const forward = defineKernel<object>({
  name: 'rasterizer/unit-vectors',
  inputs: ['vectors'],
  outputs: sameShape,
  compute: ([vectors], [result]) => unitVectorsInto(vectors!.data as Float32Array, result!.data as Float32Array),
  wgsl: unitVectorsWgsl,
  gradient: ([dy], { inputs }) => [backward([...inputs, dy!], {})[0]!],
});

/**
 * u = v / |v|; rows without length become zero and pass no gradient, so background pixels do no harm.
 *
 * @param vectors […, 3]
 * @throws FlowError FLOW_DEVICE_SHAPE
 */
export function unitVectors(vectors: Tensor): Tensor {
  return forward([vectors], {})[0]!;
}
