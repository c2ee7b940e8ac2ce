/** Where a face is when its landmarks cannot be trusted: by the detector's own points. */
import type { Located } from '../plugin.js';
import { applyAffine, type Affine } from './affine.js';
import type { Detection } from './blazeface-decode.js';
import { standardKeyPoints, standardMesh } from './standard-mesh.js';

/** One answer of the detector, and the landmarks found from it. */
export interface Look {
  readonly detection: Detection;
  /** [468, 2] in photo pixels. */
  readonly points: Float32Array;
  readonly disagreement: number;
  /** The photo was turned for this look. */
  readonly isTurned: boolean;
}

/** The detector decides only when it is surer than it need be for landmarks to decide. */
const leastScore = 0.6;

/**
 * Doubted landmarks count when they lie nearer than this to the standard face at the detector's points, on average, in sides of the
 * network's square.
 */
const far = 0.1;

/**
 * The look whose landmarks agree best with what the detector saw: two networks that agree are worth more than one that is sure.
 * Where none does, a standard face at the points of the surest detection. Upright looks go first: turned ones take covered faces for
 * faces of another roll. Undefined when no detection is sure enough.
 */
export function placeFace<L extends Look>(looks: readonly L[]): { look: L; points: Float32Array; located: Located } | undefined {
  const sure = looks.filter(({ detection }) => detection.score >= leastScore);
  const upright = sure.filter(({ isTurned }) => !isTurned);
  const considered = (upright.length > 0 ? upright : sure).map((look) => ({ look, standard: standardFaceAt(look.detection), size: sizeOf(look.detection) }));
  if (considered.length === 0) return undefined;
  const agreeing = considered
    .map((one) => ({ ...one, distance: meanDistance(one.look.points, one.standard) / one.size }))
    .filter(({ distance }) => distance < far)
    .sort((first, second) => first.look.disagreement - second.look.disagreement);
  if (agreeing.length > 0) return { look: agreeing[0].look, points: agreeing[0].look.points, located: 'unsure' };
  const { look, standard } = considered.reduce((best, next) => (next.look.detection.score > best.look.detection.score ? next : best));
  return { look, points: standard, located: 'box' };
}

function sizeOf({ width, height }: Detection): number {
  return 1.5 * Math.max(width, height);
}

/** [468, 2]: the standard face, carried to the detector's six points by the similarity that fits them best. */
function standardFaceAt({ keyPoints }: Detection): Float32Array {
  const map = fitSimilarity(standardKeyPoints, Float32Array.from(keyPoints.flat()));
  const points = new Float32Array(standardMesh.length);
  for (let at = 0; at < points.length; at += 2) points.set(applyAffine(map, [standardMesh[at], standardMesh[at + 1]]), at);
  return points;
}

/** min Σ ‖s·R·pᵢ + t − qᵢ‖² over scale, turn and shift, in closed form: points as x, y, x, y, … */
export function fitSimilarity(from: Float32Array, to: Float32Array): Affine {
  const count = from.length / 2;
  const mean = (points: Float32Array, axis: 0 | 1): number => points.reduce((sum, value, index) => sum + (index % 2 === axis ? value : 0), 0) / count;
  const [fromX, fromY, toX, toY] = [mean(from, 0), mean(from, 1), mean(to, 0), mean(to, 1)];
  let [along, across, spread] = [0, 0, 0];
  for (let at = 0; at < from.length; at += 2) {
    const [x, y, u, v] = [from[at] - fromX, from[at + 1] - fromY, to[at] - toX, to[at + 1] - toY];
    along += x * u + y * v;
    across += x * v - y * u;
    spread += x * x + y * y;
  }
  const [a, b] = [along / spread, across / spread];
  return [a, -b, toX - a * fromX + b * fromY, b, a, toY - b * fromX - a * fromY];
}

function meanDistance(first: Float32Array, second: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < first.length; at += 2) sum += Math.hypot(first[at] - second[at], first[at + 1] - second[at + 1]);
  return (2 * sum) / first.length;
}
