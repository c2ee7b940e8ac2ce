/** Mask M by a trained parser. */
import type { FaceParser } from '../networks/load-parser.js';
import { cleanRegions } from './clean-regions.js';
import { isPhoto, maskInside, segmentFace } from './segment-face.js';

/** The colour method moves the parser's log odds by at most ± 1.5. */
const mostEvidence = 3;
const share = 0.5;

/**
 * Probability that a pixel shows skin of the face, as `segmentFace` gives it, from a trained parser: its log odds plus half of those of the
 * colour method, which are held within ± 3, so that colour decides where the parser is in doubt. Both look at the crop at the parser's
 * size. Then specks go, small holes close, and nothing remains outside of the contour or of the photo.
 *
 * `image` is [size, size, 3], RGB in 0 … 1; `landmarks` is [468, 2] in its pixels; `side` is the parser's size.
 */
export function parseFace(image: Float32Array, landmarks: Float32Array, size: number, parser: FaceParser, side: number): Float32Array {
  const small = size === side ? image : parser.resize(image, size, side, 3);
  const colour = segmentFace(small, landmarks.map((value) => (value * side) / size), side);
  const joined = parser.parse(small).map((probability, pixel) => {
    const evidence = Math.max(-mostEvidence, Math.min(mostEvidence, logOdds(colour[pixel])));
    return 1 / (1 + Math.exp(-logOdds(probability) - share * evidence));
  });
  const probability = size === side ? joined : parser.resize(joined, side, size, 1);
  return maskInside(cleanRegions(probability, size), landmarks, size).map((value, pixel) => (isPhoto(image, pixel) ? value : 0));
}

function logOdds(probability: number): number {
  return Math.log((probability + 1e-6) / (1 - probability + 1e-6));
}
