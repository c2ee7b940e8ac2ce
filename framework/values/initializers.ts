/**
 * Start values of variables: pure functions of a random generator, which the framework keys by (run seed, variable name).
 * Fans are those of Keras: for a kernel [..., in, out] the receptive field multiplies both.
 */
import type { Initializer } from '../plugin/stage-types.js';
import type { Random } from './random.js';
import { sizeOf } from './host-tensor.js';

/** All zeros. */
export const zeros: Initializer = (_random, shape) => new Float32Array(sizeOf(shape));

/** All `value`. */
export function constant(value: number): Initializer {
  return (_random, shape) => new Float32Array(sizeOf(shape)).fill(value);
}

/** N(0, deviation²), drawn again beyond two deviations. */
export function truncatedNormal(deviation: number): Initializer {
  return (random, shape) => fill(shape, () => deviation * withinTwo(random));
}

/**
 * N(0, 2 / fanIn): keeps the variance through layers with ReLU.
 * Source: He et al., "Delving deep into rectifiers", ICCV 2015, Eq. 10. Differs: cut at two deviations, as Keras does.
 */
export const heNormal: Initializer = (random, shape) => {
  // A normal cut at two deviations has 0.8796 of its deviation.
  const deviation = Math.sqrt(2 / fans(shape).in) / 0.87962566103423978;
  return fill(shape, () => deviation * withinTwo(random));
};

/**
 * U(−a, a), a = √(6 / (fanIn + fanOut)): keeps the variance both ways through linear layers.
 * Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010, Eq. 16.
 */
export const glorotUniform: Initializer = (random, shape) => {
  const { in: fanIn, out } = fans(shape);
  const limit = Math.sqrt(6 / (fanIn + out));
  return fill(shape, () => random.between(-limit, limit));
};

function fill(shape: readonly number[], draw: () => number): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, draw);
}

function withinTwo(random: Random): number {
  for (;;) {
    const value = random.normal();
    if (Math.abs(value) <= 2) return value;
  }
}

function fans(shape: readonly number[]): { readonly in: number; readonly out: number } {
  if (shape.length < 2) return { in: Math.max(1, sizeOf(shape)), out: Math.max(1, sizeOf(shape)) };
  const field = sizeOf(shape.slice(0, -2));
  return { in: field * shape.at(-2)!, out: field * shape.at(-1)! };
}
