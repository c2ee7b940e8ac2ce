/** The z-buffer: which triangle is nearest at each pixel centre. One loop serves the host functions and the device kernel. */
import { nearPlane, type Camera, type Numbers } from './camera.js';

/** The id of a pixel that no triangle covers. */
export const background = -1;

/** Scratch of the current image, kept between calls and only ever grown. */
const scratch = {
  /** (column, row, 1/z_c, unused) of each vertex; `unusable` or `behind` instead of 1/z_c. */
  points: new Float64Array(0),
  /** The steps of each vertex along columns and rows: 2c at the centre of pixel c, 2c − 1 between the centres of c − 1 and c. */
  steps: new Int32Array(0),
  /** The largest 1/z_c drawn at each pixel. */
  nearest: new Float64Array(0),
};

const behind = -1;
const unusable = 0;

/**
 * Nearest triangle at every pixel centre.
 *
 * A centre belongs to a triangle when all three of its edge functions have the sign of its area or are zero: borders belong
 * to both neighbours, and the edge functions of a shared edge are exact negatives of each other, so no pixel falls
 * between two triangles. Of several triangles the nearest wins; at exactly equal depth the first in the list. Both sides of
 * a triangle are drawn. Triangles with a vertex that is not finite, without area, or wholly behind the near plane are skipped;
 * those that cross the near plane are drawn up to it.
 *
 * Source: the sampling rule of tf_mesh_renderer (Genova et al. 2018), without its far plane. Differs: at equal depth it keeps the
 * last. Most triangles of a face mesh are smaller than a pixel, so what counts is to pass over those that hold no centre: integer
 * steps, made once a vertex, take half the time of comparing coordinates in every triangle.
 *
 * @param vertices V points, world frame, dm
 * @param triangles F triples of vertex indices, all below V
 * @param ids filled with size × size triangle numbers, top row first; −1 where nothing is drawn
 */
export function visibilityInto(
  vertices: Numbers, vertexOffset: number, vertexCount: number, triangles: Int32Array, size: number, camera: Camera,
  ids: Int32Array, idOffset: number,
): void {
  const allInFront = prepare(vertices, vertexOffset, vertexCount, size, camera);
  const { points, steps, nearest } = scratch;
  ids.fill(background, idOffset, idOffset + size * size);
  for (let triangle = 0, at = 0; at < triangles.length; triangle++, at += 3) {
    const v0 = triangles[at]!;
    const v1 = triangles[at + 1]!;
    const v2 = triangles[at + 2]!;
    if (!allInFront && !(points[v0 * 4 + 2]! > 0 && points[v1 * 4 + 2]! > 0 && points[v2 * 4 + 2]! > 0)) {
      if (crossesNearPlane(v0, v1, v2)) drawClipped(vertices, vertexOffset, v0, v1, v2, triangle, size, camera, ids, idOffset);
      continue;
    }
    const x0 = steps[v0 * 2]!;
    const x1 = steps[v1 * 2]!;
    const x2 = steps[v2 * 2]!;
    let low = x0 < x1 ? x0 : x1;
    let high = x0 < x1 ? x1 : x0;
    if (x2 < low) low = x2;
    if (x2 > high) high = x2;
    const left = (low + 1) >> 1;
    const right = (high >> 1) + 1;
    const y0 = steps[v0 * 2 + 1]!;
    const y1 = steps[v1 * 2 + 1]!;
    const y2 = steps[v2 * 2 + 1]!;
    low = y0 < y1 ? y0 : y1;
    high = y0 < y1 ? y1 : y0;
    if (y2 < low) low = y2;
    if (y2 > high) high = y2;
    const top = (low + 1) >> 1;
    const bottom = (high >> 1) + 1;
    // One test for both directions: the outcome is hard to predict, and two would miss twice.
    if (((right - left - 1) | (bottom - top - 1)) < 0) continue;
    draw(points, v0 * 4, v1 * 4, v2 * 4, left, right, top, bottom, triangle, size, nearest, ids, idOffset);
  }
}

/** Tests the pixel centres of [left, right) × [top, bottom) against the triangle of three points in front of the camera. */
function draw(
  points: Float64Array, i0: number, i1: number, i2: number, left: number, right: number, top: number, bottom: number,
  triangle: number, size: number, nearest: Float64Array, ids: Int32Array, idOffset: number,
): void {
  const x0 = points[i0]!;
  const x1 = points[i1]!;
  const x2 = points[i2]!;
  const y0 = points[i0 + 1]!;
  const y1 = points[i1 + 1]!;
  const y2 = points[i2 + 1]!;
  // Line coefficients whose signs flip exactly when the two ends are swapped: shared edges leave no gap.
  const c0 = x1 * y2 - x2 * y1;
  const c1 = x2 * y0 - x0 * y2;
  const c2 = x0 * y1 - x1 * y0;
  const inverse = 1 / (c0 + c1 + c2);
  if (inverse - inverse !== 0) return;
  const w0 = points[i0 + 2]!;
  const w1 = points[i1 + 2]!;
  const w2 = points[i2 + 2]!;
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

/** Fills the scratch for an image; returns whether every vertex is finite and in front of the near plane. */
function prepare(vertices: Numbers, offset: number, count: number, size: number, camera: Camera): boolean {
  if (scratch.points.length < count * 4) {
    scratch.points = new Float64Array(count * 4);
    scratch.steps = new Int32Array(count * 2);
  }
  if (scratch.nearest.length < size * size) scratch.nearest = new Float64Array(size * size);
  const { points, steps, nearest } = scratch;
  nearest.fill(0, 0, size * size);
  const focal = camera.focal * size;
  const centre = size / 2;
  const { distance } = camera;
  let allInFront = true;
  for (let vertex = 0, from = offset; vertex < count; vertex++, from += 3) {
    const depth = distance - vertices[from + 2]!;
    const inverse = 1 / depth;
    const column = centre + focal * vertices[from]! * inverse;
    const row = centre - focal * vertices[from + 1]! * inverse;
    const sum = column + row;
    const visible = depth >= nearPlane && inverse > 0 && sum - sum === 0;
    points[vertex * 4] = column;
    points[vertex * 4 + 1] = row;
    points[vertex * 4 + 2] = visible ? inverse : hiddenMark(vertices[from]!, vertices[from + 1]!, depth);
    steps[vertex * 2] = stepOf(column, size);
    steps[vertex * 2 + 1] = stepOf(row, size);
    allInFront = allInFront && visible;
  }
  return allInFront;
}

/** Points beside the image get the steps −1 and 2 · size − 1, just outside its first and last centre. */
function stepOf(coordinate: number, size: number): number {
  const fromCentre = coordinate - 0.5;
  if (fromCentre < 0) return -1;
  if (fromCentre > size - 1) return 2 * size - 1;
  return Math.floor(fromCentre) + Math.ceil(fromCentre);
}

function hiddenMark(x: number, y: number, depth: number): number {
  return depth < nearPlane && Math.abs(x + y + depth) < Infinity ? behind : unusable;
}

function crossesNearPlane(v0: number, v1: number, v2: number): boolean {
  const [w0, w1, w2] = [v0, v1, v2].map((vertex) => scratch.points[vertex * 4 + 2]!) as [number, number, number];
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
  const { nearest } = scratch;
  const scale = 1 / (camera.focal * size);
  for (let pixel = 0; pixel < size * size; pixel++) {
    const x = ((pixel % size) + 0.5 - size / 2) * scale;
    const y = (size / 2 - Math.floor(pixel / size) - 0.5) * scale;
    const [b0, b1, b2] = edges.map((edge) => (edge[0] * x + edge[1] * y + edge[2]) / determinant) as [number, number, number];
    const w = b0 + b1 + b2;
    if (b0 >= 0 && b1 >= 0 && b2 >= 0 && w <= 1 / nearPlane && w > nearest[pixel]!) {
      nearest[pixel] = w;
      ids[idOffset + pixel] = triangle;
    }
  }
}

function cross(a: readonly number[], b: readonly number[]): [number, number, number] {
  return [a[1]! * b[2]! - a[2]! * b[1]!, a[2]! * b[0]! - a[0]! * b[2]!, a[0]! * b[1]! - a[1]! * b[0]!];
}
