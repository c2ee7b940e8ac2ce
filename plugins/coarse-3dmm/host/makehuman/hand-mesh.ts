/** MakeHuman's left hand and forearm, with what bends them: joints, and how much each vertex follows which. */
import { readdirSync } from 'node:fs';
import sharp from 'sharp';
import { dataPath, readBaseMesh, readSkinning, type BaseMesh, type Skinning } from './makehuman-files.js';

export interface HandJoint {
  /** `lowerarm`, `wrist`, `metacarpal1` … `4`, `finger1-1` (thumb) … `finger5-3`. */
  readonly name: string;
  /** Place in the list of the joint that this one hangs on, always an earlier one; −1 for the forearm. */
  readonly parent: number;
  /** What it turns about, [3]. */
  readonly head: readonly number[];
}

/**
 * In decimetres; the wrist is at the origin, y points to the middle finger's knuckle, x along the knuckles to the little finger, z out of the palm.
 * V vertices, T triangles.
 */
export interface HandMesh {
  /** [V*3] */
  readonly positions: Float64Array;
  /** [T*3], counter-clockwise seen from outside. */
  readonly triangles: Int32Array;
  /** [T*3*2] texture coordinates of each corner in `details`, 0 … 1, v down. */
  readonly cornerUvs: Float32Array;
  readonly joints: readonly HandJoint[];
  /** [V*4] places in `joints`, and [V*4] shares that sum to 1. */
  readonly followed: Int32Array;
  readonly shares: Float32Array;
  /** Colour over the mean colour of the hand, [side, side, 3] each: nails, creases, veins. */
  readonly details: readonly Float32Array[];
  readonly detailSide: number;
}

const fingers = [1, 2, 3, 4, 5] as const;
const detailSide = 128;

let reading: Promise<HandMesh> | undefined;

/** The hand from the npm package, read once a process. */
export function readHandMesh(): Promise<HandMesh> {
  return (reading ??= readHand());
}

async function readHand(): Promise<HandMesh> {
  const base = readBaseMesh();
  const skinning = readSkinning();
  const joints = jointsOf(base, skinning.groupNames);
  const place = new Map(joints.map(({ name }, index) => [name, index]));
  const follows = skinning.bones.map((name) => place.get(name.replace(/(0[12])?\.L____head$/, '')) ?? -1);
  const kept = Array.from({ length: base.quads.length / 4 }, (_, quad) => quad).filter((quad) => base.groups[quad] === 0
    && [0, 1, 2, 3].every((corner) => follows[skinning.indices[4 * base.quads[4 * quad + corner]!]!]! >= 0));
  const vertices = [...new Set(kept.flatMap((quad) => [0, 1, 2, 3].map((corner) => base.quads[4 * quad + corner]!)))];
  const renamed = new Map(vertices.map((vertex, index) => [vertex, index]));
  const corners = kept.flatMap((quad) => [0, 1, 2, 0, 2, 3].map((corner) => 4 * quad + corner));
  const uvs = corners.flatMap((corner) => [base.uvs[2 * base.quadUvs[corner]!]!, 1 - base.uvs[2 * base.quadUvs[corner]! + 1]!]);
  const box = boxOf(uvs);
  const frame = handFrame(joints);
  return {
    positions: Float64Array.from(vertices.flatMap((vertex) => frame([0, 1, 2].map((axis) => base.positions[3 * vertex + axis]!)))),
    triangles: Int32Array.from(corners, (corner) => renamed.get(base.quads[corner]!)!),
    cornerUvs: Float32Array.from(uvs, (value, at) => (value - box[at % 2]!) / (box[2 + (at % 2)]! - box[at % 2]!)),
    joints: joints.map((joint) => ({ ...joint, head: frame(joint.head) })),
    ...shared(vertices, skinning, follows), details: await readDetails(box), detailSide,
  };
}

/** What each vertex follows; the bones of the upper arm do not count. */
function shared(vertices: readonly number[], { indices, weights }: Skinning, follows: readonly number[]): Pick<HandMesh, 'followed' | 'shares'> {
  const followed = new Int32Array(4 * vertices.length);
  const shares = new Float32Array(4 * vertices.length);
  vertices.forEach((vertex, index) => {
    const joints = [0, 1, 2, 3].map((slot) => follows[indices[4 * vertex + slot]!]!);
    const kept = joints.map((joint, slot) => (joint < 0 ? 0 : weights[4 * vertex + slot]!));
    const total = kept.reduce((sum, weight) => sum + weight, 0);
    joints.forEach((joint, slot) => {
      followed[4 * index + slot] = Math.max(0, joint);
      shares[4 * index + slot] = kept[slot]! / total;
    });
  });
  return { followed, shares };
}

/** The package marks joints by little cubes. */
function jointsOf(base: BaseMesh, groupNames: readonly string[]): HandJoint[] {
  const centreOf = (group: string): number[] => {
    const number = groupNames.indexOf(group);
    const sum = [0, 0, 0, 0];
    base.groups.forEach((other, quad) => {
      if (other !== number) return;
      for (let corner = 0; corner < 4; corner++) {
        for (let axis = 0; axis < 3; axis++) sum[axis]! += base.positions[3 * base.quads[4 * quad + corner]! + axis]!;
        sum[3]!++;
      }
    });
    return [0, 1, 2].map((axis) => sum[axis]! / sum[3]!);
  };
  const wrist = centreOf('joint-l-hand');
  const joints: HandJoint[] = [{ name: 'lowerarm', parent: -1, head: centreOf('joint-l-elbow') }, { name: 'wrist', parent: 0, head: wrist }];
  for (const metacarpal of [1, 2, 3, 4]) joints.push({ name: `metacarpal${metacarpal}`, parent: 1, head: wrist });
  for (const finger of fingers) {
    for (const part of [1, 2, 3]) {
      const parent = part > 1 ? joints.length - 1 : finger === 1 ? 1 : finger;
      joints.push({ name: `finger${finger}-${part}`, parent, head: centreOf(`joint-l-finger-${finger}-${part}`) });
    }
  }
  return joints;
}

/** From the body's coordinates to the hand's. */
function handFrame(joints: readonly HandJoint[]): (point: readonly number[]) => number[] {
  const at = (name: string): readonly number[] => joints.find((joint) => joint.name === name)!.head;
  const from = (start: readonly number[], end: readonly number[]): number[] => end.map((value, axis) => value - start[axis]!);
  const dot = (a: readonly number[], b: readonly number[]): number => a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
  const unit = (a: readonly number[]): number[] => a.map((value) => value / Math.sqrt(dot(a, a)));
  const wrist = at('wrist');
  const y = unit(from(wrist, at('finger3-1')));
  const across = from(at('finger2-1'), at('finger5-1'));
  const x = unit(across.map((value, axis) => value - dot(across, y) * y[axis]!));
  const z = [x[1]! * y[2]! - x[2]! * y[1]!, x[2]! * y[0]! - x[0]! * y[2]!, x[0]! * y[1]! - x[1]! * y[0]!];
  return (point) => [x, y, z].map((axis) => dot(from(wrist, point), axis));
}

function boxOf(uvs: readonly number[]): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  uvs.forEach((value, at) => {
    box[at % 2] = Math.min(box[at % 2]!, value);
    box[2 + (at % 2)] = Math.max(box[2 + (at % 2)]!, value);
  });
  return box;
}

/** The hand's part of each skin, over its mean. */
async function readDetails([left, top, right, bottom]: readonly [number, number, number, number]): Promise<Float32Array[]> {
  const textures = (skin: string): string => `skins/${skin}/textures`;
  const skins = readdirSync(dataPath('skins')).filter((name) => /_(male|female)$/.test(name)).sort();
  const files = skins.flatMap((skin) => readdirSync(dataPath(textures(skin))).filter((file) => /diffuse\d?\.png$/.test(file)).sort().map((file) => `${textures(skin)}/${file}`));
  const details: Float32Array[] = [];
  for (const file of files) {
    const picture = sharp(dataPath(file));
    const { width, height } = await picture.metadata();
    const area = { left: Math.floor(left * width!), top: Math.floor(top * height!), width: Math.floor((right - left) * width!), height: Math.floor((bottom - top) * height!) };
    const bytes = await picture.extract(area).resize(detailSide, detailSide, { fit: 'fill' }).removeAlpha().raw().toBuffer();
    const sums = [0, 0, 0];
    bytes.forEach((value, at) => (sums[at % 3]! += value));
    details.push(Float32Array.from(bytes, (value, at) => (value * bytes.length) / 3 / sums[at % 3]!));
  }
  return details;
}
