/** Bends a hand at its joints. */
import type { HandJoint, HandMesh } from '../../../coarse-3dmm/index.js';

/** A rotation and then a shift: rows of three numbers and the shift, [3][4]. */
type Motion = readonly (readonly number[])[];

type Vector = readonly number[];

/** An axis, of any length, and an angle in rad. */
type Turn = readonly [Vector, number];

const rest: Motion = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]];

/** Angles of a hand's joints. All zero is the resting hand, slightly open. */
export interface HandPose {
  /** Of each finger from the thumb on, 0 as at rest … 1 closed. */
  readonly curl: readonly number[];
  /** Of each finger from its neighbour, rad. */
  readonly spread: number;
  /** To the palm, and to the side of the little finger, rad. */
  readonly wrist: readonly [number, number];
  /** Of the thumb, around the palm, rad. */
  readonly opposition: number;
}

/** Angles at the three joints of a closed finger, and at those of a closed thumb, rad. */
const closed = { finger: [1.35, 1.75, 1.1], thumb: [0.3, 0.9, 0.9] } as const;

/** Where a bending thumb goes: over the palm. */
const overPalm: Vector = [0.75, 0, 0.65];

/** The vertices [V*3] of the hand in a pose: each is the mean of where its joints take it (linear blend skinning). */
export function poseHand(hand: HandMesh, pose: HandPose): Float64Array {
  const motions: Motion[] = [];
  for (const joint of hand.joints) {
    const parent = joint.parent < 0 ? rest : motions[joint.parent]!;
    motions.push(turns(joint, hand.joints, pose).reduce((before, [axis, angle]) => after(before, about(joint.head, axis, angle)), parent));
  }
  const { positions, followed, shares } = hand;
  const posed = new Float64Array(positions.length);
  for (let slot = 0; slot < shares.length; slot++) {
    const at = 3 * (slot >> 2);
    const motion = motions[followed[slot]!]!;
    for (let axis = 0; axis < 3; axis++) {
      const row = motion[axis]!;
      posed[at + axis]! += shares[slot]! * (row[0]! * positions[at]! + row[1]! * positions[at + 1]! + row[2]! * positions[at + 2]! + row[3]!);
    }
  }
  return posed;
}

/** What a joint turns by: axes and angles, in the frame of the resting hand. */
function turns(joint: HandJoint, joints: readonly HandJoint[], { curl, spread, wrist, opposition }: HandPose): Turn[] {
  if (joint.name === 'wrist') return [[[1, 0, 0], wrist[0]], [[0, 0, 1], wrist[1]]];
  const name = /^finger(\d)-(\d)$/.exec(joint.name);
  if (!name) return [];
  const [finger, part] = [Number(name[1]), Number(name[2])];
  const along = directionOf(joint, joints);
  if (finger === 1) {
    const bend: Turn = [cross(along, overPalm), curl[0]! * closed.thumb[part - 1]!];
    return part === 1 ? [[[0, 1, 0], -opposition], bend] : [bend];
  }
  const bend: Turn = [cross(along, [0, 0, 1]), curl[finger - 1]! * closed.finger[part - 1]!];
  return part === 1 ? [[[0, 0, 1], (3 - finger) * spread], bend] : [bend];
}

/** From a joint to the next, or on from the one before. */
function directionOf(joint: HandJoint, joints: readonly HandJoint[]): Vector {
  const next = joints.find((other) => joints[other.parent] === joint);
  const [from, to] = next ? [joint, next] : [joints[joint.parent]!, joint];
  return unit(to.head.map((value, axis) => value - from.head[axis]!));
}

/** A turn by `angle` (rad) about an axis through a point (Rodrigues). */
function about(point: Vector, axis: Vector, angle: number): Motion {
  const [x, y, z] = unit(axis) as [number, number, number];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turn = [
    [cos + x * x * (1 - cos), x * y * (1 - cos) - z * sin, x * z * (1 - cos) + y * sin],
    [y * x * (1 - cos) + z * sin, cos + y * y * (1 - cos), y * z * (1 - cos) - x * sin],
    [z * x * (1 - cos) - y * sin, z * y * (1 - cos) + x * sin, cos + z * z * (1 - cos)],
  ];
  return turn.map((row, at) => [...row, point[at]! - row[0]! * point[0]! - row[1]! * point[1]! - row[2]! * point[2]!]);
}

/** First `second`, then `first`. */
function after(first: Motion, second: Motion): Motion {
  return first.map((row) => [0, 1, 2, 3].map((column) => row[0]! * second[0]![column]! + row[1]! * second[1]![column]! + row[2]! * second[2]![column]! + (column === 3 ? row[3]! : 0)));
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1]! * b[2]! - a[2]! * b[1]!, a[2]! * b[0]! - a[0]! * b[2]!, a[0]! * b[1]! - a[1]! * b[0]!];
}

function unit(a: Vector): Vector {
  const length = Math.hypot(a[0]!, a[1]!, a[2]!);
  return a.map((value) => value / length);
}
