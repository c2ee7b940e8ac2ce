/** Where the outline of a mesh runs between two neighbouring pixel centres. */
import { nearPlane, type Camera, type Numbers } from './camera.js';
import { background } from './visibility.js';
import { noNeighbour } from './triangle-neighbours.js';

/** One image of a batch. */
export interface SilhouettesJob {
  readonly vertices: Numbers;
  readonly vertexOffset: number;
  readonly vertexCount: number;
  readonly triangles: Int32Array;
  /** From `triangleNeighbours`. */
  readonly neighbours: Int32Array;
  readonly ids: Int32Array;
  readonly idOffset: number;
  readonly size: number;
  readonly camera: Camera;
}

/** Numbers an entry of the result has: the edge between a pixel and its right neighbour, then the one below. */
export const edgeNumbers = 4;

/** A surface seen edge on may fold up many triangles between two centres; a walk that takes longer is given up. */
const longestWalk = 512;

/** Scratch of the current image, kept between calls and only ever grown: (column, row, 1/z_c) of each vertex. */
let points = new Float64Array(0);

/**
 * For each pixel and its neighbours to the right and below that show different triangles, the mesh edge at which the nearer
 * surface ends between the two centres.
 *
 * From the centre of the nearer pixel a walk goes from triangle to triangle along the line between the centres. It ends at a
 * silhouette, an edge without a neighbour or one whose neighbour folds back on the screen; or there is none, because the walk
 * reaches the triangle of the other pixel or its centre. An edge counts for pairs across its longer direction on the screen, so that each
 * stretch of outline is seen by horizontal or by vertical pairs, not by both.
 *
 * Source: the antialiasing of nvdiffrast (Laine et al. 2020). Differs: it looks at the edges of the nearer pixel's triangle alone, which
 * finds few outlines where triangles are smaller than pixels, as those of a face mesh are.
 *
 * @param result filled with four vertex indices a pixel: both ends of the edge to the right, both of the edge below; −1 where there
 *   is none
 */
export function silhouettesInto(job: SilhouettesJob, result: Int32Array, resultOffset: number): void {
  const { ids, idOffset, size } = job;
  project(job);
  result.fill(-1, resultOffset, resultOffset + size * size * edgeNumbers);
  for (let row = 0, pixel = 0; row < size; row++) {
    for (let column = 0; column < size; column++, pixel++) {
      const own = ids[idOffset + pixel]!;
      const at = resultOffset + pixel * edgeNumbers;
      if (column + 1 < size) {
        const right = ids[idOffset + pixel + 1]!;
        if (own !== right) findEdge(job, own, right, column + 0.5, row + 0.5, 0, result, at);
      }
      if (row + 1 < size) {
        const below = ids[idOffset + pixel + size]!;
        if (own !== below) findEdge(job, own, below, column + 0.5, row + 0.5, 1, result, at + 2);
      }
    }
  }
}

function project({ vertices, vertexOffset, vertexCount, size, camera }: SilhouettesJob): void {
  if (points.length < vertexCount * 3) points = new Float64Array(vertexCount * 3);
  const focal = camera.focal * size;
  for (let vertex = 0, from = vertexOffset, to = 0; vertex < vertexCount; vertex++, from += 3, to += 3) {
    const depth = camera.distance - vertices[from + 2]!;
    // What lies behind the near plane has no place on the screen: NaN ends every walk.
    const inverse = depth >= nearPlane ? 1 / depth : NaN;
    points[to] = size / 2 + focal * vertices[from]! * inverse;
    points[to + 1] = size / 2 - focal * vertices[from + 1]! * inverse;
    points[to + 2] = inverse;
  }
}

/** Looks between the centre (x, y) and the next along `axis` (0 to the right, 1 down), which show two different triangles. */
function findEdge(job: SilhouettesJob, first: number, second: number, x: number, y: number, axis: 0 | 1, result: Int32Array, at: number): void {
  const { triangles } = job;
  const nextX = axis === 0 ? x + 1 : x;
  const nextY = axis === 0 ? y : y + 1;
  const fromFirst = second === background
    || (first !== background && inverseDepth(triangles, first, x, y) >= inverseDepth(triangles, second, nextX, nextY));
  if (fromFirst) walk(job, first, second, axis === 0 ? x : y, axis === 0 ? y : x, axis, 1, result, at);
  else walk(job, second, first, axis === 0 ? nextX : nextY, axis === 0 ? nextY : nextX, axis, -1, result, at);
}

/** 1/z_c of a triangle's plane at a point of the image; it is linear on the screen. */
function inverseDepth(triangles: Int32Array, triangle: number, x: number, y: number): number {
  const i0 = triangles[triangle * 3]! * 3;
  const i1 = triangles[triangle * 3 + 1]! * 3;
  const i2 = triangles[triangle * 3 + 2]! * 3;
  const x0 = points[i0]! - x, y0 = points[i0 + 1]! - y;
  const x1 = points[i1]! - x, y1 = points[i1 + 1]! - y;
  const x2 = points[i2]! - x, y2 = points[i2 + 1]! - y;
  const e0 = x1 * y2 - x2 * y1;
  const e1 = x2 * y0 - x0 * y2;
  const e2 = x0 * y1 - x1 * y0;
  return (e0 * points[i0 + 2]! + e1 * points[i1 + 2]! + e2 * points[i2 + 2]!) / (e0 + e1 + e2);
}

/** Walks from `start` towards `target`; lengths are in pixels along the line of centres and across it, from the first centre. */
function walk(
  { triangles, neighbours }: SilhouettesJob, start: number, target: number, along: number, across: number, axis: 0 | 1, direction: 1 | -1,
  result: Int32Array, at: number,
): void {
  const other = 1 - axis;
  let triangle = start;
  let entryFirst = -1;
  let entrySecond = -1;
  for (let step = 0; step < longestWalk; step++) {
    // Where the line of centres leaves the triangle: of the edges it crosses, the one it did not come by; in the first, the farther.
    let edge = -1;
    let leaves = -Infinity;
    for (let k = 0; k < 3; k++) {
      const v = triangles[triangle * 3 + k]!;
      const w = triangles[triangle * 3 + (k === 2 ? 0 : k + 1)]!;
      const bv = points[v * 3 + other]! - across;
      const bw = points[w * 3 + other]! - across;
      if (bv >= 0 === bw >= 0 || (v === entryFirst && w === entrySecond) || (v === entrySecond && w === entryFirst)) continue;
      const av = (points[v * 3 + axis]! - along) * direction;
      const aw = (points[w * 3 + axis]! - along) * direction;
      const crossing = (av * bw - aw * bv) / (bw - bv);
      if (crossing > leaves) {
        edge = k;
        leaves = crossing;
      }
    }
    if (edge < 0 || !(leaves <= 1)) return;
    const v = triangles[triangle * 3 + edge]!;
    const w = triangles[triangle * 3 + (edge === 2 ? 0 : edge + 1)]!;
    const next = neighbours[triangle * 3 + edge]!;
    const third = triangles[triangle * 3 + (edge === 0 ? 2 : edge - 1)]!;
    if (next === noNeighbour || foldsBack(v, w, third, thirdCorner(triangles, next, v, w))) {
      if (!isAcross(v, w, axis)) return;
      result[at] = v;
      result[at + 1] = w;
      return;
    }
    if (next === target) return;
    triangle = next;
    entryFirst = v;
    entrySecond = w;
  }
}

function thirdCorner(triangles: Int32Array, triangle: number, v: number, w: number): number {
  const a = triangles[triangle * 3]!;
  if (a !== v && a !== w) return a;
  const b = triangles[triangle * 3 + 1]!;
  return b !== v && b !== w ? b : triangles[triangle * 3 + 2]!;
}

/** Do both triangles at the edge vw, with third corners a and b, lie on the same side of it on the screen? */
function foldsBack(v: number, w: number, a: number, b: number): boolean {
  const x = points[v * 3]!;
  const y = points[v * 3 + 1]!;
  const dx = points[w * 3]! - x;
  const dy = points[w * 3 + 1]! - y;
  const sideOfA = dx * (points[a * 3 + 1]! - y) - dy * (points[a * 3]! - x);
  const sideOfB = dx * (points[b * 3 + 1]! - y) - dy * (points[b * 3]! - x);
  return sideOfA * sideOfB > 0;
}

/** Is an edge longer across `axis` than along it? At 45° it belongs to the pairs side by side. */
function isAcross(v: number, w: number, axis: 0 | 1): boolean {
  const columns = Math.abs(points[w * 3]! - points[v * 3]!);
  const rows = Math.abs(points[w * 3 + 1]! - points[v * 3 + 1]!);
  return axis === 0 ? rows >= columns : columns > rows;
}
