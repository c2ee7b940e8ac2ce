import type { Random } from '../../../framework/index.js';
import { drawLight } from './draw-light.js';

export interface VariationOptions {
  readonly identity: number;
  readonly expression: number;
  readonly albedo: number;
  readonly translation: number;
  readonly depth: number;
  readonly exposure: number;
  readonly lightShare: number;
}

export interface Variation {
  /** [257] factors of the coefficients. */
  readonly keep: Float32Array;
  /** [257] what is added then. */
  readonly change: Float32Array;
}

/** c′ = keep ∘ c + change, in the order of the 257 coefficients: identity, expression, albedo, angles, light, translation. */
export function drawVariation(random: Random, options: VariationOptions): Variation {
  const keep = new Float32Array(257).fill(1);
  const change = new Float32Array(257);
  const spread = (from: number, to: number, deviation: number): void => {
    for (let at = from; at < to; at++) change[at] = deviation * random.normal();
  };
  spread(0, 80, options.identity);
  keep.fill(random.between(0, 1.3), 80, 144);
  spread(80, 144, options.expression);
  spread(144, 224, options.albedo);
  if (random.uniform() < options.lightShare) {
    keep.fill(0, 227, 254);
    change.set(drawLight(random.fork('light')), 227);
  } else {
    const exposure = options.exposure * random.normal();
    for (let channel = 0; channel < 3; channel++) change[227 + channel * 9] = exposure;
  }
  spread(254, 256, options.translation);
  spread(256, 257, options.depth);
  return { keep, change };
}
