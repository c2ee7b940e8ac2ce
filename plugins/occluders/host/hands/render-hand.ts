/** A picture of a posed hand. */
import type { Random } from '../../../../framework/index.js';
import type { HandMesh } from '../../../coarse-3dmm/index.js';
import { rasterizeHost, vertexNormalsHost, type Raster } from '../../../rasterizer/index.js';
import { blur } from '../blur.js';

/** How a hand is seen. */
export interface HandView {
  /** [V*3] posed vertices in the camera's frame, in units of the face: x right, y up, z to the viewer. */
  readonly vertices: Float64Array;
  /** Its creases and nails, [side, side, 3] of the mesh's `details`, and how strongly they show. */
  readonly detail: Float32Array;
  readonly strength: number;
}

/** Square and centred on the face's frame, `reach` units to each side. */
export interface HandPicture {
  readonly size: number;
  readonly reach: number;
  /** [size, size]: 1 where the hand is. */
  readonly hidden: Float32Array;
  /** [size, size, 3]: what its colour is multiplied by, 1 in the mean. */
  readonly light: Float32Array;
  /** [size, size] along the forearm: decimetres from the wrist towards the elbow, negative in the hand. */
  readonly arm: Float32Array;
}

const size = 192;

/** Half the face's width and more; what lies beyond is outside of every crop. */
const reach = 1.05;

/** Round things fall off towards their outline by so much within a neighbourhood: no gap yet, in units of the face. */
const slope = 0.02;

const camera = { distance: 6, focal: 3 / reach } as const;

/**
 * The hand in a light drawn at random: from one side and from all around, darker where it turns away, in the gaps between fingers and where one
 * part lies behind another (the share of a neighbourhood that is nearer to the viewer).
 */
export function renderHand(hand: HandMesh, view: HandView, random: Random): HandPicture {
  const raster = rasterizeHost(view.vertices, hand.triangles, size, camera);
  const hidden = Float32Array.from(raster.ids, (id) => (id < 0 ? 0 : 1));
  const shade = shadeOf(hand, view, raster, random);
  const gaps = gapsOf(raster, hidden);
  const [gapDepth, curve] = [random.between(0, 25), random.between(0.3, 1)];
  const light = new Float32Array(3 * size * size);
  const arm = new Float32Array(size * size);
  const [sums, side] = [[1e-6, 1e-6, 1e-6], hand.detailSide];
  raster.ids.forEach((id, cell) => {
    if (id < 0) return;
    const [u, v] = cornerMean(hand, raster, cell, id);
    const texel = 3 * (Math.min(side - 1, Math.max(0, Math.floor(v * side))) * side + Math.min(side - 1, Math.max(0, Math.floor(u * side))));
    const level = shade[cell]! ** curve / (1 + gapDepth * gaps[cell]!);
    for (let channel = 0; channel < 3; channel++) {
      const value = level * view.detail[texel + channel]! ** view.strength;
      light[3 * cell + channel] = value;
      sums[channel]! += value;
    }
    for (let corner = 0; corner < 3; corner++) arm[cell]! -= raster.barycentrics[3 * cell + corner]! * hand.positions[3 * hand.triangles[3 * id + corner]! + 1]!;
  });
  const count = hidden.reduce((sum, value) => sum + value, 0);
  return { size, reach, hidden, light: light.map((value, at) => (value * count) / sums[at % 3]!), arm };
}

function shadeOf(hand: HandMesh, { vertices }: HandView, raster: Raster, random: Random): Float32Array {
  const normals = vertexNormalsHost(vertices, hand.triangles);
  const [x, y, z] = [random.normal(), random.normal() + 0.5, Math.abs(random.normal()) + 0.3];
  const length = Math.hypot(x, y, z);
  const [ambient, wrap] = [random.between(0.25, 0.8), random.between(0, 0.6)];
  return Float32Array.from(raster.ids, (id, cell) => {
    if (id < 0) return 0;
    const normal = [0, 0, 0];
    for (let corner = 0; corner < 3; corner++) {
      const at = 3 * hand.triangles[3 * id + corner]!;
      for (let axis = 0; axis < 3; axis++) normal[axis]! += raster.barycentrics[3 * cell + corner]! * normals[at + axis]!;
    }
    const facing = (normal[0]! * x + normal[1]! * y + normal[2]! * z) / length / Math.max(1e-6, Math.hypot(normal[0]!, normal[1]!, normal[2]!));
    return ambient * (0.75 + 0.25 * Math.max(0, normal[2]!)) + (1 - ambient) * Math.max(0, (facing + wrap) / (1 + wrap));
  });
}

/** How much nearer the neighbourhood is, in units of the face. */
function gapsOf({ depth }: Raster, hidden: Float32Array): Float32Array {
  const near = Float32Array.from(depth, (value, cell) => hidden[cell]! * (camera.distance - value));
  const radius = Math.round(size / 50);
  const [sum, count] = [blur(near, size, radius), blur(hidden, size, radius)];
  return near.map((value, cell) => (hidden[cell]! > 0 ? Math.max(0, sum[cell]! / count[cell]! - value - slope) : 0));
}

function cornerMean({ cornerUvs }: HandMesh, { barycentrics }: Raster, cell: number, id: number): [number, number] {
  let [u, v] = [0, 0];
  for (let corner = 0; corner < 3; corner++) {
    u += barycentrics[3 * cell + corner]! * cornerUvs[6 * id + 2 * corner]!;
    v += barycentrics[3 * cell + corner]! * cornerUvs[6 * id + 2 * corner + 1]!;
  }
  return [u, v];
}
