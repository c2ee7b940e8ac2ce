/** The z-buffer: which triangle is nearest at each pixel centre. One loop serves the host functions and the device kernel. */
import { nearPlane, type Camera, type Numbers } from './camera.js';

/** The id of a pixel that no triangle covers. */
export const background = -1;

/** Screen position and inverse depth of the vertices, four numbers each; kept between calls and only ever grown. */
let screen = new Float64Array(0);
let inverseDepths = new Float64Array(0);

const behind = -1;
const unusable = 0;

/** Farther out than this, px, a projected vertex counts as unusable: bounds must stay small integers. */
const farthest = 1e9;

/**
 * Nearest triangle at every pixel centre.
 *
 * A centre belongs to a triangle when all three of its edge functions have the sign of its area or are zero: borders belong
 * to both neighbours, and the edge functions of a shared edge are exact negatives of each other, so no pixel falls
 * between two triangles. Of several triangles the nearest wins; at exactly equal depth the first in the list. Both sides of
 * a triangle are drawn. Triangles with a vertex that is not finite or projects beyond 10⁹ px, without area, or wholly behind the near plane are skipped; those
 * that cross the near plane are drawn up to it.
 *
 * Source: the sampling rule of tf_mesh_renderer (Genova et al. 2018), without its far plane. Differs: at equal depth it keeps the last.
 *
 * @param vertices V points, world frame, dm
 * @param triangles F triples of vertex indices, all below V
 * @param ids filled with size × size triangle numbers, top row first; −1 where nothing is drawn
 */
export function visibilityInto(
  vertices: Numbers, vertexOffset: number, vertexCount: number, triangles: Int32Array, size: number, camera: Camera,
  ids: Int32Array, idOffset: number,
): void {
  prepare(vertices, vertexOffset, vertexCount, size, camera);
  const points = screen;
  const nearest = inverseDepths;
  ids.fill(background, idOffset, idOffset + size * size);
  const last = size - 1;
  const end = last + 0.5;
  for (let triangle = 0, at = 0; at < triangles.length; triangle++, at += 3) {
    const i0 = triangles[at]! << 2;
    const i1 = triangles[at + 1]! << 2;
    const i2 = triangles[at + 2]! << 2;
    const w0 = points[i0 + 2]!;
    const w1 = points[i1 + 2]!;
    const w2 = points[i2 + 2]!;
    if (!(w0 > 0 && w1 > 0 && w2 > 0)) {
      if (crossesNearPlane(w0, w1, w2)) {
        drawClipped(vertices, vertexOffset, i0 >> 2, i1 >> 2, i2 >> 2, triangle, size, camera, ids, idOffset);
      }
      continue;
    }
    const x0 = points[i0]!;
    const x1 = points[i1]!;
    const x2 = points[i2]!;
    const y0 = points[i0 + 1]!;
    const y1 = points[i1 + 1]!;
    const y2 = points[i2 + 1]!;
    // Clamping to half a pixel outside keeps every bound a small integer; one test then sees that no centre lies inside.
    const left = Math.ceil(Math.max(Math.min(x0, x1, x2), 0.5) - 0.5) | 0;
    const right = Math.floor(Math.min(Math.max(x0, x1, x2), end) + 0.5) | 0;
    const top = Math.ceil(Math.max(Math.min(y0, y1, y2), 0.5) - 0.5) | 0;
    const bottom = Math.floor(Math.min(Math.max(y0, y1, y2), end) + 0.5) | 0;
    if (((right - left - 1) | (bottom - top - 1)) < 0) continue;

    // Line coefficients whose signs flip exactly when the two ends are swapped: shared edges leave no gap.
    const c0 = x1 * y2 - x2 * y1;
    const c1 = x2 * y0 - x0 * y2;
    const c2 = x0 * y1 - x1 * y0;
    const inverse = 1 / (c0 + c1 + c2);
    if (inverse - inverse !== 0) continue;
    for (let row = top; row < bottom; row++) {
      const y = row + 0.5;
      const r0 = (x2 - x1) * y + c0;
      const r1 = (x0 - x2) * y + c1;
      const r2 = (x1 - x0) * y + c2;
      const line = row * size;
      for (let column = left; column < right; column++) {
        const x = column + 0.5;
        const b0 = ((y1 - y2) * x + r0) * inverse;
        const b1 = ((y2 - y0) * x + r1) * inverse;
        const b2 = ((y0 - y1) * x + r2) * inverse;
        if (b0 >= 0 && b1 >= 0 && b2 >= 0) {
          const w = b0 * w0 + b1 * w1 + b2 * w2;
          if (w > nearest[line + column]!) {
            nearest[line + column] = w;
            ids[idOffset + line + column] = triangle;
          }
        }
      }
    }
  }
}

/** Fills `screen` with (column, row, 1/z_c, 0), where 1/z_c is 0 for non-finite and −1 for hidden vertices; clears the depths. */
function prepare(vertices: Numbers, offset: number, count: number, size: number, camera: Camera): void {
  if (screen.length < count * 4) screen = new Float64Array(count * 4);
  if (inverseDepths.length < size * size) inverseDepths = new Float64Array(size * size);
  inverseDepths.fill(0, 0, size * size);
  const focal = camera.focal * size;
  const centre = size / 2;
  const { distance } = camera;
  const points = screen;
  for (let vertex = 0, from = offset, to = 0; vertex < count; vertex++, from += 3, to += 4) {
    const x = vertices[from]!;
    const y = vertices[from + 1]!;
    const depth = distance - vertices[from + 2]!;
    const inverse = 1 / depth;
    const column = centre + focal * x * inverse;
    const row = centre - focal * y * inverse;
    points[to] = column;
    points[to + 1] = row;
    if (depth >= nearPlane) points[to + 2] = Math.abs(column) + Math.abs(row) < farthest ? inverse : unusable;
    else points[to + 2] = Math.abs(x + y + depth) < Infinity ? behind : unusable;
  }
}

function crossesNearPlane(w0: number, w1: number, w2: number): boolean {
  return w0 !== unusable && w1 !== unusable && w2 !== unusable && (w0 > 0 || w1 > 0 || w2 > 0);
}

/** A triangle with corners on both sides of the near plane: homogeneous edge functions (Olano and Greer 1997) over the whole image. */
function drawClipped(
  vertices: Numbers, offset: number, v0: number, v1: number, v2: number, triangle: number, size: number, camera: Camera,
  ids: Int32Array, idOffset: number,
): void {
  const corner = (vertex: number): [number, number, number] => {
    const at = offset + vertex * 3;
    return [vertices[at]!, vertices[at + 1]!, camera.distance - vertices[at + 2]!];
  };
  const p = [corner(v0), corner(v1), corner(v2)] as const;
  const edges = [cross(p[1], p[2]), cross(p[2], p[0]), cross(p[0], p[1])] as const;
  const determinant = p[0][0] * edges[0][0] + p[0][1] * edges[0][1] + p[0][2] * edges[0][2];
  if (determinant === 0) return;
  const scale = 1 / (camera.focal * size);
  for (let pixel = 0; pixel < size * size; pixel++) {
    const x = ((pixel % size) + 0.5 - size / 2) * scale;
    const y = (size / 2 - Math.floor(pixel / size) - 0.5) * scale;
    const [b0, b1, b2] = edges.map((edge) => (edge[0] * x + edge[1] * y + edge[2]) / determinant) as [number, number, number];
    const w = b0 + b1 + b2;
    if (b0 >= 0 && b1 >= 0 && b2 >= 0 && w <= 1 / nearPlane && w > inverseDepths[pixel]!) {
      inverseDepths[pixel] = w;
      ids[idOffset + pixel] = triangle;
    }
  }
}

function cross(a: readonly number[], b: readonly number[]): [number, number, number] {
  return [a[1]! * b[2]! - a[2]! * b[1]!, a[2]! * b[0]! - a[0]! * b[2]!, a[0]! * b[1]! - a[1]! * b[0]!];
}
