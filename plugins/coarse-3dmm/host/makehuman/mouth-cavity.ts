/**
 * The inside of the mouth: a grid between the lips that holds the upper teeth, which stay with the upper lip, and behind them a
 * hollow whose floor goes with the lower lip. With closed lips it is folded up behind them.
 */
import { interiorCount, makeGridPatch, type GridPatch } from './grid-patch.js';

export interface MouthCavity {
  readonly patch: GridPatch;
  /** [interior, border] shares of the lips' movement that a vertex follows; every row sums to 1. */
  readonly follow: readonly Float64Array[];
  /** [interior*3] what is added to that, so that the vertex is in its place on the base face. */
  readonly offsets: Float64Array;
}

/** Columns and rows; row 0 is the lower lip, the last row the upper one. */
export const mouthCells = [14, 5] as const;

/** Profile of the cavity in the middle of the face, by row: height and depth in decimetres, and which lip the row follows (1: the upper). */
const profile = [
  { height: 6.553, depth: 1.43, upper: 0 },
  { height: 6.6, depth: 1.27, upper: 0.35 },
  { height: 6.585, depth: 1.455, upper: 1 },
  { height: 6.68, depth: 1.46, upper: 1 },
] as const;

/** Bend of the dental arch: depth falls by this times x². */
const archBend = 1.7;

export const mouthVertexCount = interiorCount(...mouthCells);

/** `borderPositions` [border*3] are those of the base face, in the order of `border`. */
export function makeMouthCavity(border: readonly number[], borderPositions: Float64Array, firstInterior: number): MouthCavity {
  const [columns, rows] = mouthCells;
  const patch = makeGridPatch(border, columns, rows, firstInterior);
  const follow: Float64Array[] = [];
  const offsets: number[] = [];
  for (let row = 1; row < rows; row++) {
    const right = columns + row;
    const left = 2 * (columns + rows) - row;
    for (let column = 1; column < columns; column++) {
      const across = column / columns;
      const free = 1 - (2 * across - 1) ** 4;
      const { height, depth, upper } = profile[row - 1]!;
      const weights = new Float64Array(border.length);
      weights[column]! += free * (1 - upper);
      weights[2 * columns + rows - column]! += free * upper;
      weights[left]! += (1 - free) * (1 - across);
      weights[right]! += (1 - free) * across;
      const side = [0, 1, 2].map((axis) => (1 - across) * borderPositions[left * 3 + axis]! + across * borderPositions[right * 3 + axis]!);
      const place = [side[0]!, side[1]! + free * (height - side[1]!), side[2]! + free * (depth - archBend * side[0]! ** 2 - side[2]!)];
      follow.push(weights);
      offsets.push(...place.map((value, axis) => value - weights.reduce((sum, weight, k) => sum + weight * borderPositions[k * 3 + axis]!, 0)));
    }
  }
  return { patch, follow, offsets: Float64Array.from(offsets) };
}

/** Writes the inside of the mouth from the positions of the lips. */
export function placeMouth({ patch, follow, offsets }: MouthCavity, positions: Float64Array): void {
  follow.forEach((weights, index) => {
    for (let axis = 0; axis < 3; axis++) {
      let sum = offsets[index * 3 + axis]!;
      for (let k = 0; k < weights.length; k++) if (weights[k] !== 0) sum += weights[k]! * positions[patch.border[k]! * 3 + axis]!;
      positions[(patch.firstInterior + index) * 3 + axis] = sum;
    }
  });
}
