/** Edge collapse by quadric error (Garland and Heckbert 1997), in the form that CoMA's mesh sampling uses. */
import { IndexedHeap } from './collapse-heap.js';

export interface Mesh {
  /** [N · 3] */
  readonly positions: Float32Array;
  /** Three vertex indices for each triangle. */
  readonly triangles: Int32Array;
}

export interface Decimated extends Mesh {
  /** For each kept vertex, its index before. Ascending. */
  readonly kept: Int32Array;
}

/**
 * Removes vertices until `target` are left, or until no collapse is possible. A vertex's quadric is the sum of the squared distances to the planes of its
 * triangles; an edge costs the smaller of the summed quadric at its two ends, and the cheaper end moves onto the other. Kept
 * vertices never move.
 *
 * @throws RangeError when the target is not between 1 and the number of vertices.
 *
 * Source: `mesh_sampling.py` of anuragranj/coma. Differs: a heap with versions instead of a scan of the whole queue (same order,
 * ties by index); at equal cost the end with the smaller index stays; no collapse may strand a vertex without triangles.
 */
export function decimate(mesh: Mesh, target: number): Decimated {
  const count = mesh.positions.length / 3;
  if (!(target >= 1 && target <= count)) throw new RangeError(`cannot keep ${target} of ${count} vertices`);
  const state = new Collapse(mesh);
  for (let left = count; left > target && state.collapseCheapest(); left--);
  return state.result();
}

class Collapse {
  private readonly quadrics: Float64Array;
  private readonly facesOf: Set<number>[];
  private readonly corners: Int32Array;
  private readonly version: Int32Array;
  private readonly alive: Uint8Array;
  private readonly heap = new IndexedHeap();

  constructor(private readonly mesh: Mesh) {
    const count = mesh.positions.length / 3;
    this.quadrics = new Float64Array(count * 10);
    this.facesOf = Array.from({ length: count }, () => new Set<number>());
    this.corners = Int32Array.from(mesh.triangles);
    this.version = new Int32Array(count);
    this.alive = new Uint8Array(count).fill(1);
    for (let face = 0; face < this.corners.length / 3; face++) this.addFace(face);
    for (let vertex = 0; vertex < count; vertex++) {
      for (const other of this.neighbours(vertex)) if (other > vertex) this.push(vertex, other);
    }
  }

  /** False when no edge is left. */
  collapseCheapest(): boolean {
    for (let edge = this.heap.pop(); edge; edge = this.heap.pop()) {
      const { first, second, stamp } = edge;
      const current = this.alive[first] && this.alive[second] && stamp === this.version[first]! + this.version[second]!;
      if (!current || this.strandsVertex(first, second)) continue;
      const keepFirst = this.cost(first, second, first) <= this.cost(first, second, second);
      if (keepFirst) this.collapse(second, first);
      else this.collapse(first, second);
      return true;
    }
    return false;
  }

  result(): Decimated {
    const kept = Int32Array.from([...this.alive.keys()].filter((vertex) => this.alive[vertex]));
    const renamed = new Int32Array(this.alive.length).fill(-1);
    kept.forEach((vertex, index) => (renamed[vertex] = index));
    const faces = new Set(kept.length ? [...kept].flatMap((vertex) => [...this.facesOf[vertex]!]) : []);
    const triangles = [...faces].sort((a, b) => a - b).flatMap((face) => [0, 1, 2].map((corner) => renamed[this.corners[3 * face + corner]!]!));
    const positions = new Float32Array(kept.length * 3);
    kept.forEach((vertex, index) => positions.set(this.mesh.positions.subarray(3 * vertex, 3 * vertex + 3), 3 * index));
    return { positions, triangles: Int32Array.from(triangles), kept };
  }

  private addFace(face: number): void {
    const [a, b, c] = [0, 1, 2].map((corner) => this.corners[3 * face + corner]!) as [number, number, number];
    const plane = planeOf(this.mesh.positions, a, b, c);
    for (const vertex of [a, b, c]) {
      this.facesOf[vertex]!.add(face);
      addOuterProduct(this.quadrics, vertex, plane);
    }
  }

  private collapse(gone: number, stays: number): void {
    this.alive[gone] = 0;
    for (const face of this.facesOf[gone]!) {
      const own = [0, 1, 2].map((corner) => this.corners[3 * face + corner]!);
      if (own.includes(stays)) {
        for (const vertex of own) this.facesOf[vertex]!.delete(face);
      } else {
        this.corners[3 * face + own.indexOf(gone)] = stays;
        this.facesOf[stays]!.add(face);
      }
    }
    for (let entry = 0; entry < 10; entry++) this.quadrics[stays * 10 + entry]! += this.quadrics[gone * 10 + entry]!;
    this.version[stays]!++;
    for (const other of this.neighbours(stays)) this.push(stays, other);
  }

  /** Whether collapsing the edge would leave a vertex without a triangle: the one that stays, or a neighbour of both. */
  private strandsVertex(first: number, second: number): boolean {
    const shared = [...this.facesOf[first]!].filter((face) => this.facesOf[second]!.has(face));
    if (this.facesOf[first]!.size === shared.length && this.facesOf[second]!.size === shared.length) return true;
    return shared.some((face) => {
      const third = [0, 1, 2].map((corner) => this.corners[3 * face + corner]!).find((vertex) => vertex !== first && vertex !== second);
      return third !== undefined && [...this.facesOf[third]!].every((own) => shared.includes(own));
    });
  }

  private neighbours(vertex: number): Set<number> {
    const found = new Set<number>();
    for (const face of this.facesOf[vertex]!) for (let corner = 0; corner < 3; corner++) found.add(this.corners[3 * face + corner]!);
    found.delete(vertex);
    return found;
  }

  private push(one: number, other: number): void {
    const [first, second] = one < other ? [one, other] : [other, one];
    const cost = Math.min(this.cost(first, second, first), this.cost(first, second, second));
    this.heap.push({ cost, first, second, stamp: this.version[first]! + this.version[second]! });
  }

  /** Summed quadric of both ends, at the position of one. */
  private cost(first: number, second: number, at: number): number {
    const [x, y, z] = this.mesh.positions.subarray(3 * at, 3 * at + 3) as unknown as [number, number, number];
    const q = (entry: number): number => this.quadrics[first * 10 + entry]! + this.quadrics[second * 10 + entry]!;
    const quadratic = q(0) * x * x + q(4) * y * y + q(7) * z * z + 2 * (q(1) * x * y + q(2) * x * z + q(5) * y * z);
    return quadratic + 2 * (q(3) * x + q(6) * y + q(8) * z) + q(9);
  }
}

/** Unit normal and offset of the triangle's plane; zeros for a triangle without area. */
function planeOf(positions: Float32Array, a: number, b: number, c: number): [number, number, number, number] {
  const at = (vertex: number, axis: number): number => positions[3 * vertex + axis]!;
  const [ux, uy, uz] = [0, 1, 2].map((axis) => at(b, axis) - at(a, axis)) as [number, number, number];
  const [vx, vy, vz] = [0, 1, 2].map((axis) => at(c, axis) - at(a, axis)) as [number, number, number];
  const normal = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx] as const;
  const length = Math.hypot(...normal);
  if (length === 0) return [0, 0, 0, 0];
  const [x, y, z] = normal.map((part) => part / length) as [number, number, number];
  return [x, y, z, -(x * at(a, 0) + y * at(a, 1) + z * at(a, 2))];
}

/** Adds p pᵀ, upper triangle by rows: xx xy xz xd yy yz yd zz zd dd. */
function addOuterProduct(quadrics: Float64Array, vertex: number, plane: readonly number[]): void {
  let entry = vertex * 10;
  for (let row = 0; row < 4; row++) for (let column = row; column < 4; column++) quadrics[entry++]! += plane[row]! * plane[column]!;
}
