/** What colour says where a trained parser is in doubt. */
import { colourFeatures } from './colour-features.js';
import { densityOfCovers } from './cover-colours.js';
import { faceParts, partCoverage } from './face-parts.js';
import { gatherPixels } from './gather-pixels.js';
import { fitSureSkin } from './skin-model.js';

/** Probabilities beyond which the parser is taken to know. */
const surely = { skin: 0.8, other: 0.2 } as const;

/** Fewer pixels of skin than these do not tell its colour. */
const leastPixels = 30;

/** Colour is less sure than the parser can be. */
const mostOdds = 2;

/** What may cover a face has, at most, so large a share of the colours of what is known not to be skin in this picture. */
const coverShare = 0.25;

/** Bins of log luma, log(R / G) and log(G / B): where they begin, and how wide they are. The first and the last take what lies beyond. */
const bins = { count: 8, from: [-3, -0.2, -0.3], width: [0.375, 0.12, 0.12] } as const;

/**
 * Log odds, [size²] within ± 2, that a pixel has a colour of this person's skin in this light: a Gaussian around a linear field of lightness
 * and hue, fitted to the pixels that the parser is sure are skin, against colours of covers in general and those of pixels inside the
 * outline that the parser is sure are none. Zero outside the outline, at eyes, brows, lips and nostrils, which are face whatever
 * their colour, and everywhere when hardly any skin is sure.
 *
 * `image` is [size, size, 3], RGB in 0 … 1; `skin` the parser's probability [size²]; `inside` the outline's coverage [size²]; `landmarks` [468, 2] in pixels.
 */
export function colourEvidence(image: Float32Array, skin: Float32Array, inside: Float32Array, landmarks: Float32Array, size: number): Float32Array {
  const evidence = new Float32Array(size * size);
  const pixels = pixelsInside(inside);
  const colours = colourFeatures(gatherPixels(image, 3, pixels));
  const known = gatherPixels(skin, 1, pixels);
  const sure = known.map((probability, index) => (probability > surely.skin && inside[pixels[index]] > 0.5 ? 1 : 0));
  if (sure.reduce((sum, weight) => sum + weight, 0) < leastPixels) return evidence;
  const { distances, logPeak } = fitSureSkin(colours, positionsOf(pixels, size), sure);
  const others = othersDensity(colours, known);
  for (let index = 0; index < pixels.length; index++) {
    const odds = logPeak - distances[index] / 2 - Math.log(densityOfCovers(colours, index) + coverShare * others(index));
    evidence[pixels[index]] = Math.max(-mostOdds, Math.min(mostOdds, odds));
  }
  for (const { points, inner } of faceParts) {
    const core = partCoverage(landmarks, points, inner, size);
    for (const pixel of pixels) evidence[pixel] *= 1 - core[pixel];
  }
  return evidence;
}

function pixelsInside(inside: Float32Array): Int32Array {
  const pixels = new Int32Array(inside.length);
  let count = 0;
  for (let pixel = 0; pixel < inside.length; pixel++) if (inside[pixel] > 0) pixels[count++] = pixel;
  return pixels.subarray(0, count);
}

/** [pixels, 2]: about −1 … 1 over the extent of these pixels. */
function positionsOf(pixels: Int32Array, size: number): Float32Array {
  let [left, right, top, bottom] = [size, 0, size, 0];
  for (const pixel of pixels) {
    const [column, row] = [pixel % size, Math.floor(pixel / size)];
    left = Math.min(left, column);
    right = Math.max(right, column);
    top = Math.min(top, row);
    bottom = Math.max(bottom, row);
  }
  const extent = Math.sqrt((right - left + 1) * (bottom - top + 1));
  const positions = new Float32Array(2 * pixels.length);
  for (let index = 0; index < pixels.length; index++) {
    positions[2 * index] = (2 * (pixels[index] % size) - left - right) / extent;
    positions[2 * index + 1] = (2 * Math.floor(pixels[index] / size) - top - bottom) / extent;
  }
  return positions;
}

/** Density of the colours of what the parser is sure is no skin, at the colour of a pixel: a histogram. */
function othersDensity(colours: Float32Array, known: Float32Array): (pixel: number) => number {
  const { count, from, width } = bins;
  const place = (at: number, axis: 0 | 1 | 2): number => Math.max(0, Math.min(count - 1, Math.floor((colours[at + axis] - from[axis]) / width[axis])));
  const binOf = (pixel: number): number => place(3 * pixel, 0) + count * (place(3 * pixel, 1) + count * place(3 * pixel, 2));
  const histogram = new Float32Array(count ** 3);
  let total = 0;
  for (let pixel = 0; pixel < known.length; pixel++) {
    if (known[pixel] >= surely.other) continue;
    histogram[binOf(pixel)]++;
    total++;
  }
  const scale = 1 / (Math.max(total, leastPixels) * width[0] * width[1] * width[2]);
  return (pixel) => histogram[binOf(pixel)] * scale;
}
