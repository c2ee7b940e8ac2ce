/** The closest point of a triangle mesh, through a tree of boxes. */
import type { Mesh } from './decimate.js';

export interface ClosestPoint {
  /** Index of the triangle. */
  readonly triangle: number;
  /** Barycentric weights of its three corners; they sum to 1. */
  readonly weights: readonly [number, number, number];
  readonly squaredDistance: number;
}

type Point = readonly [number, number, number];

interface Box {
  readonly low: Point;
  readonly high: Point;
  readonly triangles?: Int32Array;
  readonly halves?: readonly [Box, Box];
}

const leafSize = 8;

/** A function that finds the closest point on the mesh. Throws RangeError for a mesh without triangles. */
export function closestPointFinder(mesh: Mesh): (point: Point) => ClosestPoint {
  const count = mesh.triangles.length / 3;
  if (count === 0) throw new RangeError('a mesh without triangles has no closest point');
  const root = buildBox(mesh, Int32Array.from({ length: count }, (_, index) => index));
  return (point) => {
    let best: ClosestPoint = { triangle: -1, weights: [1, 0, 0], squaredDistance: Infinity };
    const visit = (box: Box): void => {
      if (distanceToBox(point, box) >= best.squaredDistance) return;
      for (const triangle of box.triangles ?? []) {
        const found = closestOnTriangle(point, mesh, triangle);
        if (found.squaredDistance < best.squaredDistance) best = found;
      }
      if (!box.halves) return;
      const [near, far] = distanceToBox(point, box.halves[0]) <= distanceToBox(point, box.halves[1]) ? box.halves : [box.halves[1], box.halves[0]];
      visit(near);
      visit(far);
    };
    visit(root);
    return best;
  };
}

function buildBox(mesh: Mesh, triangles: Int32Array): Box {
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const triangle of triangles) {
    for (const corner of cornersOf(mesh, triangle)) {
      for (let axis = 0; axis < 3; axis++) {
        low[axis] = Math.min(low[axis]!, corner[axis]!);
        high[axis] = Math.max(high[axis]!, corner[axis]!);
      }
    }
  }
  if (triangles.length <= leafSize) return { low, high, triangles };
  const extents = low.map((value, axis) => high[axis]! - value);
  const axis = extents.indexOf(Math.max(...extents));
  const centre = (triangle: number): number => cornersOf(mesh, triangle).reduce((sum, corner) => sum + corner[axis]!, 0);
  const centres = new Map(Array.from(triangles, (triangle) => [triangle, centre(triangle)]));
  const sorted = Int32Array.from(triangles).sort((a, b) => centres.get(a)! - centres.get(b)! || a - b);
  const middle = sorted.length >> 1;
  return { low, high, halves: [buildBox(mesh, sorted.slice(0, middle)), buildBox(mesh, sorted.slice(middle))] };
}

function distanceToBox(point: Point, { low, high }: Box): number {
  let sum = 0;
  for (let axis = 0; axis < 3; axis++) {
    const outside = Math.max(low[axis]! - point[axis]!, 0, point[axis]! - high[axis]!);
    sum += outside * outside;
  }
  return sum;
}

function cornersOf({ positions, triangles }: Mesh, triangle: number): [Point, Point, Point] {
  return [0, 1, 2].map((corner) => {
    const start = 3 * triangles[3 * triangle + corner]!;
    return [positions[start]!, positions[start + 1]!, positions[start + 2]!] as const;
  }) as [Point, Point, Point];
}

const minus = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** By the seven regions of a triangle (Ericson, Real-Time Collision Detection, 5.1.5). */
function closestOnTriangle(point: Point, mesh: Mesh, triangle: number): ClosestPoint {
  const [a, b, c] = cornersOf(mesh, triangle);
  const weights = weightsOfClosest(point, a, b, c);
  const closest = [0, 1, 2].map((axis) => weights[0] * a[axis]! + weights[1] * b[axis]! + weights[2] * c[axis]!) as unknown as Point;
  const apart = minus(point, closest);
  return { triangle, weights, squaredDistance: dot(apart, apart) };
}

function weightsOfClosest(point: Point, a: Point, b: Point, c: Point): readonly [number, number, number] {
  const [ab, ac] = [minus(b, a), minus(c, a)];
  const fromA = minus(point, a);
  const [d1, d2] = [dot(ab, fromA), dot(ac, fromA)];
  if (d1 <= 0 && d2 <= 0) return [1, 0, 0];
  const fromB = minus(point, b);
  const [d3, d4] = [dot(ab, fromB), dot(ac, fromB)];
  if (d3 >= 0 && d4 <= d3) return [0, 1, 0];
  const fromC = minus(point, c);
  const [d5, d6] = [dot(ab, fromC), dot(ac, fromC)];
  if (d6 >= 0 && d5 <= d6) return [0, 0, 1];
  const vc = d1 * d4 - d3 * d2;
  if (vc <= 0 && d1 >= 0 && d3 <= 0) return [1 - share(d1, d1 - d3), share(d1, d1 - d3), 0];
  const vb = d5 * d2 - d1 * d6;
  if (vb <= 0 && d2 >= 0 && d6 <= 0) return [1 - share(d2, d2 - d6), 0, share(d2, d2 - d6)];
  const va = d3 * d6 - d5 * d4;
  if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) {
    const w = share(d4 - d3, d4 - d3 + d5 - d6);
    return [0, 1 - w, w];
  }
  const total = va + vb + vc;
  return [va / total, vb / total, vc / total];
}

/** A quotient that is 0 for an edge without length. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
