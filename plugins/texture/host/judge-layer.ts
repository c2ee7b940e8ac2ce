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
 * With q = ln(⟨P⟩ / ⟨A⟩), P the photo's albedo, A the model's and ⟨ ⟩ means by trust over a neighbourhood:
 *
 *   P ← P exp(t tanh(q / t) − q),   w ← w (1 − step(s |q of brightness|))
 *
 * Small differences of tone stay, large ones (cast shadows, shine, errors of the light) are held; what is far darker or lighter than the model is
 * hair, a hat, a dark lens or glare, and is not the face's.
 *
 * @param model [T*T*3] the model's albedo on the texture
 * @param strict [T*T] s, see `strictness`
 */
export function judgeLayer({ albedo, weights }: Layer, model: Float32Array, strict: Float32Array, size: number): Layer {
  const middle = tones(trustedColours(albedo, model, weights, size), midSide);
  const broad = tones(middle.sums, broadSide);
  const factors = { ...broad.ratio, data: broad.ratio.data.map((q) => Math.exp(tolerance * Math.tanh(q / tolerance) - q)) };
  const held = new Float32Array(albedo.length);
  const trusted = new Float32Array(weights.length);
  const [factor, tone] = [new Float32Array(3), new Float32Array(3)];
  for (let texel = 0; texel < weights.length; texel++) {
    if (weights[texel] === 0) continue;
    const [x, y] = [((texel % size) + 0.5) / size, (Math.floor(texel / size) + 0.5) / size];
    sampleInto(factors, x * factors.width, y * factors.height, factor, 0);
    sampleInto(middle.ratio, x * middle.ratio.width, y * middle.ratio.height, tone, 0);
    const brightness = Math.abs(tone[0]! + tone[1]! + tone[2]!) / 3;
    trusted[texel] = weights[texel]! * (1 - smoothStep(foreign, strict[texel]! * brightness));
    for (let channel = 0; channel < 3; channel++) held[texel * 3 + channel] = albedo[texel * 3 + channel]! * factor[channel]!;
  }
  return { albedo: held, weights: faded(trusted, size) };
}

function faded(weights: Float32Array, size: number): Float32Array {
  const around = shrunk({ width: size, height: size, channels: 1, data: weights }, broadSide);
  const scale = around.width / size;
  const result = new Float32Array(weights.length);
  for (let texel = 0; texel < weights.length; texel++) {
    if (weights[texel] === 0) continue;
    const mean = sampleOne(around, ((texel % size) + 0.5) * scale, (Math.floor(texel / size) + 0.5) * scale);
    result[texel] = weights[texel]! * smoothStep(surrounded, mean);
  }
  return result;
}

/** Seven numbers a texel: both albedos times the trust, and the trust. */
function trustedColours(albedo: Float32Array, model: Float32Array, weights: Float32Array, size: number): Picture {
  const data = new Float32Array(weights.length * 7);
  for (let texel = 0; texel < weights.length; texel++) {
    const weight = weights[texel]!;
    if (weight === 0) continue;
    for (let channel = 0; channel < 3; channel++) {
      data[texel * 7 + channel] = weight * albedo[texel * 3 + channel]!;
      data[texel * 7 + 3 + channel] = weight * model[texel * 3 + channel]!;
    }
    data[texel * 7 + 6] = weight;
  }
  return { width: size, height: size, channels: 7, data };
}

/** q over blocks of the texture, continued where nothing is known. */
function tones(colours: Picture, side: number): { readonly sums: Picture; readonly ratio: Picture } {
  const sums = shrunk(colours, side);
  const { width, data } = sums;
  const [ratio, known] = [new Float32Array(width * width * 3), new Float32Array(width * width)];
  for (let texel = 0; texel < known.length; texel++) {
    const weight = data[texel * 7 + 6]!;
    known[texel] = weight;
    if (weight === 0) continue;
    for (let channel = 0; channel < 3; channel++) {
      ratio[texel * 3 + channel] = Math.log(Math.max(data[texel * 7 + channel]! / weight, least) / Math.max(data[texel * 7 + 3 + channel]! / weight, least));
    }
  }
  fill(ratio, known, width, 3, 0);
  return { sums, ratio: { width, height: width, channels: 3, data: ratio } };
}
