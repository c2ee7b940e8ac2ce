/** Where a hand is before a face, and how it is turned. */
import type { Random } from '../../../../framework/index.js';
import type { HandMesh } from '../../../coarse-3dmm/index.js';

/** Decimetres in a unit of the face frame: √(width · height) of a face's outline. */
const unit = 1.6;

/** Vertices further along the arm than this, towards the elbow (dm), are no part of the hand that is aimed at the face. */
const handEnd = -0.2;

/**
 * The posed hand [V*3] in front of the face, in its units: the palm, the back or an edge to the viewer, coming from below more often than from elsewhere,
 * a point
 * of the hand drawn at random at a point of the face drawn at random.
 */
export function placeHand(hand: HandMesh, posed: Float64Array, random: Random): Float64Array {
  const roll = random.between(-Math.PI, Math.PI);
  const tilt = 0.45 * random.normal();
  const turn = random.uniform() < 0.75 ? 0.7 * random.normal() : random.between(-Math.PI, Math.PI);
  const scale = random.between(0.85, 1.3) / unit;
  const placed = new Float64Array(posed.length);
  for (let at = 0; at < posed.length; at += 3) {
    const [x, z] = [Math.cos(roll) * posed[at]! + Math.sin(roll) * posed[at + 2]!, Math.cos(roll) * posed[at + 2]! - Math.sin(roll) * posed[at]!];
    const [y, depth] = [Math.cos(tilt) * posed[at + 1]! - Math.sin(tilt) * z, Math.sin(tilt) * posed[at + 1]! + Math.cos(tilt) * z];
    placed[at] = scale * (Math.cos(turn) * x - Math.sin(turn) * y);
    placed[at + 1] = scale * (Math.sin(turn) * x + Math.cos(turn) * y);
    placed[at + 2] = scale * depth;
  }
  const aimed = aimOf(hand, random);
  const goal = [random.between(-0.42, 0.42), random.between(-0.55, 0.4), 0];
  const offset = goal.map((value, axis) => value - placed[3 * aimed + axis]!);
  return placed.map((value, at) => value + offset[at % 3]!);
}

function aimOf({ positions }: HandMesh, random: Random): number {
  for (;;) {
    const vertex = random.integer(positions.length / 3);
    if (positions[3 * vertex + 1]! > handEnd) return vertex;
  }
}
