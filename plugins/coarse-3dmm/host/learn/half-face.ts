/** One side of a symmetric face: the vertices that stand for themselves and for their mirror images. */
import type { FaceModel } from '../face-model.js';

export interface HalfFace {
  /** [H] a vertex of each pair, or one on the middle. */
  readonly vertices: Int32Array;
  /** [V] where each vertex, or its mirror image, stands in `vertices`. */
  readonly place: Int32Array;
  /** [H] area around the pair as a share of the face. */
  readonly area: Float64Array;
  /** [H] 1 on plain skin. */
  readonly skin: Uint8Array;
}

export function halfFace(face: Pick<FaceModel, 'mirror' | 'meanShape' | 'triangles' | 'skinMask'>): HalfFace {
  const place = new Int32Array(face.mirror.length);
  const vertices: number[] = [];
  face.mirror.forEach((other, vertex) => (place[vertex] = vertex <= other ? vertices.push(vertex) - 1 : -1));
  face.mirror.forEach((other, vertex) => {
    if (place[vertex]! < 0) place[vertex] = place[other]!;
  });
  const area = new Float64Array(vertices.length);
  const areas = vertexAreas(face);
  const total = areas.reduce((sum, value) => sum + value, 0);
  areas.forEach((value, vertex) => (area[place[vertex]!]! += value / total));
  return { vertices: Int32Array.from(vertices), place, area, skin: Uint8Array.from(vertices, (vertex) => face.skinMask[vertex]!) };
}

/** [V] a third of the area of the triangles around each vertex, dm². */
export function vertexAreas({ meanShape, triangles }: Pick<FaceModel, 'meanShape' | 'triangles'>): Float64Array {
  const areas = new Float64Array(meanShape.length / 3);
  for (let at = 0; at < triangles.length; at += 3) {
    const corner = (index: number, axis: number): number => meanShape[triangles[at + index]! * 3 + axis]!;
    const [u, v] = [1, 2].map((index) => [0, 1, 2].map((axis) => corner(index, axis) - corner(0, axis))) as [number[], number[]];
    const size = Math.hypot(u[1]! * v[2]! - u[2]! * v[1]!, u[2]! * v[0]! - u[0]! * v[2]!, u[0]! * v[1]! - u[1]! * v[0]!) / 2;
    for (let index = 0; index < 3; index++) areas[triangles[at + index]!]! += size / 3;
  }
  return areas;
}

/** About `count` vertices, spread evenly over the area. */
export function spreadVertices(areas: ArrayLike<number>, count: number): number[] {
  const step = Array.from(areas).reduce((sum, value) => sum + value, 0) / count;
  const chosen: number[] = [];
  let gathered = step / 2;
  for (let vertex = 0; vertex < areas.length; vertex++) {
    gathered += areas[vertex]!;
    if (gathered < step) continue;
    gathered -= step;
    chosen.push(vertex);
  }
  return chosen;
}
