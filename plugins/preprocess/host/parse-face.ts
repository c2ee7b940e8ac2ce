/** Mask M by a trained parser. */
import type { FaceParser } from '../networks/load-parser.js';
import { cleanRegions } from './clean-regions.js';
import { colourEvidence } from './colour-evidence.js';
import { doubled, halved } from './halve-picture.js';
import { keepMouth } from './keep-mouth.js';
import { isPhoto, outlineCoverage } from './segment-face.js';

/** The parser's log odds count once, those of colour, which stay within ± 2, twice. */
const colourWeight = 2;

/**
 * Probability that a pixel shows skin of the face, as `segmentFace` gives it, from a trained parser: its log odds plus twice those of colour
 * (`colourEvidence`), so that colour decides where the parser is in doubt. Colour looks at half the parser's size. Then mouths within skin count
 * (`keepMouth`), specks go, small holes close, and nothing remains outside of the contour or of the photo.
 *
 * `image` is [size, size, 3], RGB in 0 … 1; `landmarks` is [468, 2] in its pixels; `side` is the parser's size, an even number.
 */
export function parseFace(image: Float32Array, landmarks: Float32Array, size: number, parser: FaceParser, side: number): Float32Array {
  const seen = parser.resize(image, size, side, 3);
  const skin = parser.parse(seen);
  const half = side / 2;
  const points = landmarks.map((value) => (value * half) / size);
  const evidence = colourEvidence(halved(seen, side, 3), halved(skin, side, 1), outlineCoverage(points, half), points, half);
  const joined = parser.resize(joinOdds(skin, doubled(evidence, half)), side, size, 1);
  const inside = outlineCoverage(landmarks, size);
  const mask = cleanRegions(keepMouth(joined, inside, landmarks, size), size);
  for (let pixel = 0; pixel < mask.length; pixel++) mask[pixel] = inside[pixel] > 0 && isPhoto(image, pixel) ? mask[pixel] * inside[pixel] : 0;
  return mask;
}

/** σ(ℓ + 2 e), where σ(ℓ) is `skin`. */
function joinOdds(skin: Float32Array, evidence: Float32Array): Float32Array {
  const joined = new Float32Array(skin.length);
  for (let pixel = 0; pixel < skin.length; pixel++) {
    const probability = skin[pixel];
    const colour = evidence[pixel] === 0 ? 1 : Math.exp(colourWeight * evidence[pixel]);
    const odds = ((probability + 1e-6) / (1 - probability + 1e-6)) * colour;
    joined[pixel] = odds / (1 + odds);
  }
  return joined;
}
