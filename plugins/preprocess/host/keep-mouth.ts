/** Open mouths are no covers. */
import { faceParts, partCoverage } from './face-parts.js';
import { lips } from './mesh-topology.js';

/** Share of the ring around the lips that must be skin: a finger or a microphone before the mouth crosses it. */
const least = 0.75;

const mouth = faceParts.find(({ points }) => points === lips)!;

/**
 * Marks the mouth where nearly all of the ring around the lips is marked: what is dark or white between them is a mouth that is open. Otherwise, and
 * everywhere else, the probabilities [size²] stay. `inside` is the coverage of the face's outline, `landmarks` [468, 2] in pixels.
 */
export function keepMouth(skin: Float32Array, inside: Float32Array, landmarks: Float32Array, size: number): Float32Array {
  const core = partCoverage(landmarks, mouth.points, mouth.inner, size);
  const around = partCoverage(landmarks, mouth.points, mouth.outer, size);
  let [marked, total] = [0, 1e-6];
  for (let pixel = 0; pixel < core.length; pixel++) {
    const share = Math.max(0, around[pixel] - core[pixel]) * inside[pixel];
    total += share;
    if (skin[pixel] > 0.5) marked += share;
  }
  if (marked / total < least) return skin;
  const kept = skin.slice();
  for (let pixel = 0; pixel < kept.length; pixel++) if (core[pixel] > kept[pixel]) kept[pixel] = core[pixel];
  return kept;
}
