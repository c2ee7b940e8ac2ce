/** Numbers for tests: random inputs that do not change between runs, and values out of whatever holds them. */
import { float32, isHostTensor, sizeOf, type HostTensor } from '../values/host-tensor.js';
import { randomFor } from '../values/random.js';
import { tf, upload, type Tensor } from '../device/index.js';

export type Numbers = Tensor | HostTensor | ArrayLike<number> | number;

/** The values and the shape of a tensor, host tensor, array or number. */
export function valuesOf(numbers: Numbers): { readonly data: ArrayLike<number>; readonly shape: readonly number[] } {
  if (typeof numbers === 'number') return { data: [numbers], shape: [] };
  if (numbers instanceof tf.Tensor) return { data: numbers.dataSync(), shape: numbers.shape };
  if (isHostTensor(numbers)) return numbers;
  return { data: numbers, shape: [numbers.length] };
}

/** A float32 host tensor of standard normal numbers, a function of the shape and the words. */
export function normalTensor(shape: readonly number[], ...words: readonly (string | number)[]): HostTensor {
  const random = randomFor('test', ...shape, ...words);
  return float32(Float32Array.from({ length: sizeOf(shape) }, () => random.normal()), shape);
}

/** A float32 host tensor of uniform numbers in [low, high), a function of the shape, the range and the words. */
export function uniformTensor(shape: readonly number[], low: number, high: number, ...words: readonly (string | number)[]): HostTensor {
  const random = randomFor('test', ...shape, low, high, ...words);
  return float32(Float32Array.from({ length: sizeOf(shape) }, () => random.between(low, high)), shape);
}

/**
 * A device tensor of numbers in [−factor, factor) that a reference in any language can make too: factor · (2 frac(43758.5453 sin(12.9898
 * (i + 1 + 1000 seed))) − 1) for the i-th number. The caller owns it.
 */
export function sineNoise(seed: number, shape: readonly number[], factor = 1): Tensor {
  const values = Float32Array.from({ length: sizeOf(shape) }, (_, index) => {
    const large = Math.sin(12.9898 * (index + 1 + 1000 * seed)) * 43758.5453;
    return factor * (2 * (large - Math.floor(large)) - 1);
  });
  return upload(float32(values, shape));
}

/** A host tensor as a device tensor; the caller owns it. */
export function toTensor(host: HostTensor): Tensor {
  return upload(host);
}
