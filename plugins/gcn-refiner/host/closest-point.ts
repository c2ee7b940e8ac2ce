/** The closest point of a triangle mesh, through a tree of boxes. */
import type { Mesh } from './decimate.js';

export interface ClosestPoint {
  /** Index of the triangle. */
  readonly triangle: number;
  /** Barycentric weights of its three corners; they sum to 1. */
  readonly weights: readonly [number, number, number];
  readonly squaredDistance: number;
}

const leafSize = 8;

/** A function that finds the closest point on the mesh. Throws RangeError for a mesh without triangles. */
export function closestPointFinder(mesh: Mesh): (x: number, y: number, z: number) => ClosestPoint {
  if (mesh.triangles.length === 0) throw new RangeError('a mesh without triangles has no closest point');
  const tree = new BoxTree(mesh);
  return (x, y, z) => tree.closest(x, y, z);
}

/** Boxes in flat arrays; a box holds the triangles [start, end) of `order`, and two halves unless it is a leaf. */
class BoxTree {
  private readonly order: Int32Array;
  /** Low and high corner of each box. */
  private readonly bounds: number[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  /** The two halves of each box; −1 in a leaf. */
  private readonly halves: number[] = [];
  private readonly weights: [number, number, number] = [0, 0, 0];

  constructor(private readonly mesh: Mesh) {
    this.order = Int32Array.from({ length: mesh.triangles.length / 3 }, (_, index) => index);
    this.build(0, this.order.length);
  }

  closest(x: number, y: number, z: number): ClosestPoint {
    let triangle = -1;
    let weights: readonly [number, number, number] = [1, 0, 0];
    let squaredDistance = Infinity;
    const visit = (box: number, distance: number): void => {
      if (distance >= squaredDistance) return;
      const near = this.halves[2 * box]!;
      if (near < 0) {
        for (let place = this.starts[box]!; place < this.ends[box]!; place++) {
          const found = this.distanceTo(this.order[place]!, x, y, z);
          if (found < squaredDistance) [triangle, weights, squaredDistance] = [this.order[place]!, [...this.weights], found];
        }
        return;
      }
      const far = this.halves[2 * box + 1]!;
      const [toNear, toFar] = [this.distanceToBox(near, x, y, z), this.distanceToBox(far, x, y, z)];
      visit(toNear <= toFar ? near : far, Math.min(toNear, toFar));
      visit(toNear <= toFar ? far : near, Math.max(toNear, toFar));
    };
    visit(0, this.distanceToBox(0, x, y, z));
    return { triangle, weights, squaredDistance };
  }

  /** Makes the box of the triangles [start, end) and returns its index. */
  private build(start: number, end: number): number {
    const box = this.starts.length;
    const { low, high } = this.extentOf(start, end);
    this.bounds.push(...low, ...high);
    this.starts.push(start);
    this.ends.push(end);
    this.halves.push(-1, -1);
    if (end - start <= leafSize) return box;
    const extents = low.map((value, axis) => high[axis]! - value);
    this.sort(start, end, extents.indexOf(Math.max(...extents)));
    const middle = start + ((end - start) >> 1);
    this.halves[2 * box] = this.build(start, middle);
    this.halves[2 * box + 1] = this.build(middle, end);
    return box;
  }

  private extentOf(start: number, end: number): { low: number[]; high: number[] } {
    const { positions, triangles } = this.mesh;
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (let corner = 3 * start; corner < 3 * end; corner++) {
      const vertex = triangles[3 * this.order[Math.floor(corner / 3)]! + (corner % 3)]!;
      for (let axis = 0; axis < 3; axis++) {
        const value = positions[3 * vertex + axis]!;
        if (value < low[axis]!) low[axis] = value;
        if (value > high[axis]!) high[axis] = value;
      }
    }
    return { low, high };
  }

  /** Orders triangles by their middle along an axis, ties by index. */
  private sort(start: number, end: number, axis: number): void {
    const { positions, triangles } = this.mesh;
    const middles = new Map<number, number>();
    for (const triangle of this.order.subarray(start, end)) {
      const corner = 3 * triangle;
      middles.set(triangle, positions[3 * triangles[corner]! + axis]! + positions[3 * triangles[corner + 1]! + axis]! + positions[3 * triangles[corner + 2]! + axis]!);
    }
    this.order.subarray(start, end).sort((a, b) => middles.get(a)! - middles.get(b)! || a - b);
  }

  private distanceToBox(box: number, x: number, y: number, z: number): number {
    const { bounds } = this;
    const at = 6 * box;
    const dx = outside(x, bounds[at]!, bounds[at + 3]!);
    const dy = outside(y, bounds[at + 1]!, bounds[at + 4]!);
    const dz = outside(z, bounds[at + 2]!, bounds[at + 5]!);
    return dx * dx + dy * dy + dz * dz;
  }

  /** Squared distance to a triangle; leaves the weights of its closest point in `weights`. */
  private distanceTo(triangle: number, x: number, y: number, z: number): number {
    const { positions, triangles } = this.mesh;
    const [a, b, c] = [3 * triangles[3 * triangle]!, 3 * triangles[3 * triangle + 1]!, 3 * triangles[3 * triangle + 2]!];
    const [ax, ay, az] = [positions[a]! - x, positions[a + 1]! - y, positions[a + 2]! - z];
    const [bx, by, bz] = [positions[b]! - x, positions[b + 1]! - y, positions[b + 2]! - z];
    const [cx, cy, cz] = [positions[c]! - x, positions[c + 1]! - y, positions[c + 2]! - z];
    const { weights } = this;
    closestWeights(ax, ay, az, bx, by, bz, cx, cy, cz, weights);
    const [u, v, w] = weights;
    const [dx, dy, dz] = [u * ax + v * bx + w * cx, u * ay + v * by + w * cy, u * az + v * bz + w * cz];
    return dx * dx + dy * dy + dz * dz;
  }
}

function outside(value: number, low: number, high: number): number {
  if (value < low) return low - value;
  return value > high ? value - high : 0;
}

/** Barycentric weights of the point of the triangle abc that is closest to the origin: by its seven regions (Ericson, Real-Time Collision Detection, 5.1.5). */
function closestWeights(
  ax: number, ay: number, az: number, bx: number, by: number, bz: number, cx: number, cy: number, cz: number, weights: [number, number, number],
): void {
  const [ux, uy, uz] = [bx - ax, by - ay, bz - az];
  const [vx, vy, vz] = [cx - ax, cy - ay, cz - az];
  const d1 = -(ux * ax + uy * ay + uz * az);
  const d2 = -(vx * ax + vy * ay + vz * az);
  if (d1 <= 0 && d2 <= 0) return set(weights, 1, 0, 0);
  const d3 = -(ux * bx + uy * by + uz * bz);
  const d4 = -(vx * bx + vy * by + vz * bz);
  if (d3 >= 0 && d4 <= d3) return set(weights, 0, 1, 0);
  const d5 = -(ux * cx + uy * cy + uz * cz);
  const d6 = -(vx * cx + vy * cy + vz * cz);
  if (d6 >= 0 && d5 <= d6) return set(weights, 0, 0, 1);
  const toC = d1 * d4 - d3 * d2;
  if (toC <= 0 && d1 >= 0 && d3 <= 0) return set(weights, 1 - share(d1, d1 - d3), share(d1, d1 - d3), 0);
  const toB = d5 * d2 - d1 * d6;
  if (toB <= 0 && d2 >= 0 && d6 <= 0) return set(weights, 1 - share(d2, d2 - d6), 0, share(d2, d2 - d6));
  const toA = d3 * d6 - d5 * d4;
  if (toA <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) {
    const w = share(d4 - d3, d4 - d3 + d5 - d6);
    return set(weights, 0, 1 - w, w);
  }
  const total = toA + toB + toC;
  return set(weights, toA / total, toB / total, toC / total);
}

function set(weights: [number, number, number], a: number, b: number, c: number): void {
  weights[0] = a;
  weights[1] = b;
  weights[2] = c;
}

/** A quotient that is 0 for an edge without length. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
