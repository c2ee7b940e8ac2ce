/** Mask M by a trained parser. */
import type { FaceParser } from '../networks/load-parser.js';
import { cleanRegions } from './clean-regions.js';
import { isPhoto, maskInside, segmentFace } from './segment-face.js';

/** The colour method moves the parser's log odds by at most ± 1.5, so it need not be as fine: it looks at half the parser's size. */
const mostOdds = Math.exp(3);

/**
 * Probability that a pixel shows skin of the face, as `segmentFace` gives it, from a trained parser: its log odds plus half of those of the
 * colour method, which are held within ± 3, so that colour decides where the parser is in doubt. Then specks go, small holes close, and
 * nothing remains outside of the contour or of the photo.
 *
 * `image` is [size, size, 3], RGB in 0 … 1; `landmarks` is [468, 2] in its pixels; `side` is the parser's size, an even number.
 */
export function parseFace(image: Float32Array, landmarks: Float32Array, size: number, parser: FaceParser, side: number): Float32Array {
  const seen = parser.resize(image, size, side, 3);
  const half = side / 2;
  const colour = segmentFace(parser.resize(seen, side, half, 3), landmarks.map((value) => (value * half) / size), half);
  const evidence = parser.resize(colour, half, side, 1);
  const joined = parser.parse(seen).map((probability, pixel) => {
    const odds = oddsOf(probability) * Math.sqrt(Math.max(1 / mostOdds, Math.min(mostOdds, oddsOf(evidence[pixel]))));
    return odds / (1 + odds);
  });
  const mask = maskInside(cleanRegions(parser.resize(joined, side, size, 1), size), landmarks, size);
  for (let pixel = 0; pixel < mask.length; pixel++) if (!isPhoto(image, pixel)) mask[pixel] = 0;
  return mask;
}

function oddsOf(probability: number): number {
  return (probability + 1e-6) / (1 - probability + 1e-6);
}
