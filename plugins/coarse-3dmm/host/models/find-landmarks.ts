/** Finds the 68 landmarks of a face whose file names none, by laying the built model's mean face onto it. */
import type { FaceModel } from '../face-model.js';
import { applySimilarity, fitSimilarity, type Similarity } from '../makehuman/similarity.js';
import { PointGrid } from './point-grid.js';
import type { RawModel } from './raw-model.js';

const rounds = 40;
/** Landmark at the tip of the nose. */
const noseTip = 30;
/** The share of the nearest pairs that a round trusts. */
const trusted = 0.7;

/**
 * Iterated closest points (Besl and McKay, 1992) with a similarity, from the tip of the nose, the foremost vertex of both; then each
 * landmark takes the nearest vertex.
 */
export function findLandmarks(raw: RawModel, builtIn: FaceModel): Int32Array {
  const target = new PointGrid(raw.meanShape);
  const source = skinPoints(builtIn);
  let move = start(raw.meanShape, builtIn);
  for (let round = 0; round < rounds; round++) {
    const moved = applySimilarity(move, source);
    const pairs = Array.from({ length: source.length / 3 }, (_, point) => {
      const partner = target.nearest(moved[point * 3]!, moved[point * 3 + 1]!, moved[point * 3 + 2]!);
      return { point, partner, distance: Math.hypot(...[0, 1, 2].map((axis) => moved[point * 3 + axis]! - raw.meanShape[partner * 3 + axis]!)) };
    }).sort((a, b) => a.distance - b.distance).slice(0, Math.ceil(trusted * (source.length / 3)));
    const rows = (points: ArrayLike<number>, indices: readonly number[]): number[] => indices.flatMap((index) => [0, 1, 2].map((axis) => points[index * 3 + axis]!));
    move = fitSimilarity(rows(source, pairs.map(({ point }) => point)), rows(raw.meanShape, pairs.map(({ partner }) => partner)));
  }
  return builtIn.landmarks.map((vertex) => {
    const place = applySimilarity(move, [0, 1, 2].map((axis) => builtIn.meanShape[vertex * 3 + axis]!));
    return target.nearest(place[0]!, place[1]!, place[2]!);
  });
}

/** The skin about the tip of the nose, thinned out to some hundred points: the whole of it would pull towards other crops' rims. */
function skinPoints(builtIn: FaceModel): Float64Array {
  const tip = builtIn.landmarks[noseTip]! * 3;
  const chosen: number[] = [];
  for (let vertex = 0; vertex < builtIn.vertexCount; vertex += 3) {
    const distance = Math.hypot(...[0, 1, 2].map((axis) => builtIn.meanShape[vertex * 3 + axis]! - builtIn.meanShape[tip + axis]!));
    if (distance < 0.75) chosen.push(...builtIn.meanShape.subarray(vertex * 3, vertex * 3 + 3));
  }
  return Float64Array.from(chosen);
}

function start(target: Float64Array, builtIn: FaceModel): Similarity {
  let foremost = 0;
  for (let vertex = 0; vertex < target.length / 3; vertex++) if (target[vertex * 3 + 2]! > target[foremost * 3 + 2]!) foremost = vertex;
  const tip = builtIn.landmarks[noseTip]!;
  const shift = [0, 1, 2].map((axis) => target[foremost * 3 + axis]! - builtIn.meanShape[tip * 3 + axis]!) as [number, number, number];
  return { scale: 1, rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], translation: shift };
}
