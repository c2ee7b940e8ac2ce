/** The photo's albedo against the model's: what cannot be the face's own is toned down or refused. */
import { fill } from './fill.js';
import { smoothStep, type Layer } from './photo-layer.js';
import { sampleInto, sampleOne, shrunk, type Picture } from './sample.js';

/** Differences of tone are judged on a texture of this side: hair and shadows, not wrinkles and spots. */
const broadSide = 64;
const midSide = 128;
/** Broad differences of the logarithm of a colour up to about this are the person's, beyond that the light's. */
const tolerance = 0.3;
/** Where strictness is 1 a difference of the logarithm of brightness, from full trust to none. */
const foreign = [0.45, 0.8] as const;
const least = 0.02;
/** Mean trust around a texel (over 1/64 of the texture), from none to full: borders of what is trusted fade out, also where it ends at an edge. */
const surrounded = [0.45, 0.95] as const;

/**
 * With q = ln(P / A), P the photo's albedo and A the model's, and ⟨q⟩ its mean over a broad neighbourhood:
 *
 *   P ← P exp(t tanh(⟨q⟩ / t) − ⟨q⟩),   w ← w (1 − step(s |⟨q⟩ of brightness|))
 *
 * Small differences of tone stay, large ones (cast shadows, shine, errors of the light) are held; what is far darker or lighter than the model is
 * hair, a hat, a dark lens or glare, and is not the face's.
 *
 * @param model [T*T*3] the model's albedo on the texture
 * @param strict [T*T] s, see `strictness`
 */
export function judgeLayer({ albedo, weights }: Layer, model: Float32Array, strict: Float32Array, size: number): Layer {
  const ratio = new Float32Array(albedo.length);
  for (let at = 0; at < ratio.length; at++) {
    if (weights[Math.floor(at / 3)]! > 0) ratio[at] = Math.log(Math.max(albedo[at]!, least) / Math.max(model[at]!, least));
  }
  const broad = smoothed(ratio, weights, size, broadSide);
  const middle = smoothed(ratio, weights, size, midSide);
  const held = new Float32Array(albedo.length);
  const trusted = new Float32Array(weights.length);
  const [here, near] = [new Float32Array(3), new Float32Array(3)];
  for (let texel = 0; texel < weights.length; texel++) {
    if (weights[texel] === 0) continue;
    const [x, y] = [((texel % size) + 0.5) / size, (Math.floor(texel / size) + 0.5) / size];
    sampleInto(broad, x * broad.width, y * broad.height, here, 0);
    sampleInto(middle, x * middle.width, y * middle.height, near, 0);
    const brightness = (near[0]! + near[1]! + near[2]!) / 3;
    trusted[texel] = weights[texel]! * (1 - smoothStep(foreign, strict[texel]! * Math.abs(brightness)));
    for (let channel = 0; channel < 3; channel++) {
      held[texel * 3 + channel] = albedo[texel * 3 + channel]! * Math.exp(tolerance * Math.tanh(here[channel]! / tolerance) - here[channel]!);
    }
  }
  return { albedo: held, weights: faded(trusted, size) };
}

function faded(weights: Float32Array, size: number): Float32Array {
  const around = shrunk({ width: size, height: size, channels: 1, data: weights }, broadSide);
  const scale = around.width / size;
  return weights.map((weight, texel) => (weight === 0 ? 0
    : weight * smoothStep(surrounded, sampleOne(around, ((texel % size) + 0.5) * scale, (Math.floor(texel / size) + 0.5) * scale))));
}

/** Means by weight over blocks of the texture, continued where nothing is known. */
function smoothed(values: Float32Array, weights: Float32Array, size: number, side: number): Picture {
  const data = new Float32Array(weights.length * 4);
  weights.forEach((weight, texel) => {
    for (let channel = 0; channel < 3; channel++) data[texel * 4 + channel] = weight * values[texel * 3 + channel]!;
    data[texel * 4 + 3] = weight;
  });
  const small = shrunk({ width: size, height: size, channels: 4, data }, side);
  const [means, known] = [new Float32Array(small.width ** 2 * 3), new Float32Array(small.width ** 2)];
  known.forEach((_, texel) => {
    known[texel] = small.data[texel * 4 + 3]!;
    for (let channel = 0; channel < 3; channel++) means[texel * 3 + channel] = known[texel]! > 0 ? small.data[texel * 4 + channel]! / known[texel]! : 0;
  });
  fill(means, known, small.width, 3, 0);
  return { width: small.width, height: small.height, channels: 3, data: means };
}
