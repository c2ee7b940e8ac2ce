import { sizeOf, type Initializer } from '../../../framework/index.js';

/** Normal with variance 2 / fan-in (He et al. 2015); the fan-in is the product of all axes but the last. */
export const heNormal: Initializer = (random, shape) => {
  const deviation = Math.sqrt(2 / sizeOf(shape.slice(0, -1)));
  return Float32Array.from({ length: sizeOf(shape) }, () => deviation * random.normal());
};
