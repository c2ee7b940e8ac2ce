/** Places on the control mesh, and where they lie on its subdivisions. */
import type { ControlMesh } from './control-mesh.js';
import type { QuadMesh } from './subdivision.js';

/** A place on a quad of the control mesh: `u` runs from its first to its second corner, `v` from its first to its fourth. */
export type SurfacePoint = readonly [quadName: number, u: number, v: number];

/** Three vertices with weights that sum to 1. */
export interface Barycentric {
  readonly vertices: readonly [number, number, number];
  readonly weights: readonly [number, number, number];
}

/** Both triangles of every quad, split along the diagonal from the first to the third corner. [Q*2*3] */
export function trianglesOf(quads: Int32Array): Int32Array {
  const triangles = new Int32Array((quads.length / 4) * 6);
  for (let quad = 0; quad < quads.length / 4; quad++) {
    const [a, b, c, d] = quads.subarray(quad * 4, quad * 4 + 4) as unknown as [number, number, number, number];
    triangles.set([a, b, c, a, c, d], quad * 6);
  }
  return triangles;
}

/** The place on a mesh of quads, each split along a diagonal, that is `level` subdivisions finer than the control mesh. */
export function locateOnLevel(control: ControlMesh, mesh: QuadMesh, level: number, point: SurfacePoint): Barycentric {
  const { corners: [a, b, c, d], u, v } = locateInQuad(control, mesh, level, point);
  return u >= v
    ? { vertices: [a, b, c], weights: [1 - u, u - v, v] }
    : { vertices: [a, c, d], weights: [1 - v, u, v - u] };
}

/** The same where each quad is split about its middle: the middle of quad q is vertex `mesh.vertexCount` + q. */
export function locateInFan(control: ControlMesh, mesh: QuadMesh, level: number, point: SurfacePoint): Barycentric {
  const { quad, corners, u, v } = locateInQuad(control, mesh, level, point);
  const side = v <= u ? (v <= 1 - u ? 0 : 1) : v <= 1 - u ? 3 : 2;
  const [along, inward] = turned(u, v)[side]!;
  return {
    vertices: [corners[side]!, corners[(side + 1) % 4]!, mesh.vertexCount + quad],
    weights: [1 - along - inward, along - inward, 2 * inward],
  };
}

type Corners = readonly [number, number, number, number];

function locateInQuad(
  control: ControlMesh, mesh: QuadMesh, level: number, point: SurfacePoint,
): { readonly quad: number; readonly corners: Corners; readonly u: number; readonly v: number } {
  let quad = control.quadNames.indexOf(point[0]);
  if (quad < 0) throw new RangeError(`the control mesh has no quad named ${point[0]}`);
  let [, u, v] = point;
  for (let step = 0; step < level; step++) {
    const corner = u < 0.5 ? (v < 0.5 ? 0 : 3) : v < 0.5 ? 1 : 2;
    [u, v] = turned(u, v)[corner]!.map((value) => 2 * value) as [number, number];
    quad = quad * 4 + corner;
  }
  return { quad, corners: [...mesh.quads.subarray(quad * 4, quad * 4 + 4)] as unknown as Corners, u, v };
}

/** A place in a quad as seen from each of its corners. */
function turned(u: number, v: number): readonly (readonly [number, number])[] {
  return [[u, v], [v, 1 - u], [1 - u, 1 - v], [1 - v, u]];
}

/** The inverse for one subdivision: the place of a point in triangle `triangle` of `trianglesOf(level 1 quads)`. */
export function surfacePointOf(control: ControlMesh, triangle: number, weights: readonly number[]): SurfacePoint {
  const quad = Math.floor(triangle / 8);
  const corner = Math.floor(triangle / 2) % 4;
  const [, w1, w2] = weights as [number, number, number];
  const [s, t] = triangle % 2 === 0 ? [(w1 + w2) / 2, w2 / 2] : [w1 / 2, (w1 + w2) / 2];
  const [u, v] = [[s, t], [1 - t, s], [1 - s, 1 - t], [t, 1 - s]][corner] as [number, number];
  return [control.quadNames[quad]!, u, v];
}
