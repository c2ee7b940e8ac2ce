/** Edge collapse by quadric error (Garland and Heckbert 1997), in the form that CoMA's mesh sampling uses. */
import { CollapseHeap } from './collapse-heap.js';

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
  private readonly facesOf: number[][];
  private readonly corners: Int32Array;
  private readonly version: Int32Array;
  private readonly alive: Uint8Array;
  private readonly heap = new CollapseHeap();
  /** When a vertex was last met by a walk over neighbours, so that each is met once. */
  private readonly met: Int32Array;
  private walks = 0;

  constructor(private readonly mesh: Mesh) {
    const count = mesh.positions.length / 3;
    this.quadrics = new Float64Array(count * 10);
    this.facesOf = Array.from({ length: count }, () => []);
    this.corners = Int32Array.from(mesh.triangles);
    this.version = new Int32Array(count);
    this.alive = new Uint8Array(count).fill(1);
    this.met = new Int32Array(count);
    for (let face = 0; face < this.corners.length / 3; face++) this.addFace(face);
    for (let vertex = 0; vertex < count; vertex++) this.pushEdges(vertex, true);
  }

  /** False when no edge is left. */
  collapseCheapest(): boolean {
    const { heap } = this;
    while (heap.pop()) {
      const { first, second, stamp } = heap;
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
    const faces = new Set<number>();
    for (const vertex of kept) for (const face of this.facesOf[vertex]!) faces.add(face);
    const triangles = [...faces].sort((a, b) => a - b).flatMap((face) => [0, 1, 2].map((corner) => renamed[this.corners[3 * face + corner]!]!));
    const positions = new Float32Array(kept.length * 3);
    kept.forEach((vertex, index) => positions.set(this.mesh.positions.subarray(3 * vertex, 3 * vertex + 3), 3 * index));
    return { positions, triangles: Int32Array.from(triangles), kept };
  }

  private addFace(face: number): void {
    const [a, b, c] = [this.corners[3 * face]!, this.corners[3 * face + 1]!, this.corners[3 * face + 2]!];
    const plane = planeOf(this.mesh.positions, a, b, c);
    for (const vertex of new Set([a, b, c])) this.facesOf[vertex]!.push(face);
    for (const vertex of [a, b, c]) addOuterProduct(this.quadrics, vertex, plane);
  }

  private collapse(gone: number, stays: number): void {
    this.alive[gone] = 0;
    for (const face of this.facesOf[gone]!) {
      const place = this.placeOf(face, gone);
      if (this.placeOf(face, stays) >= 0) {
        for (let corner = 0; corner < 3; corner++) {
          const vertex = this.corners[3 * face + corner]!;
          if (vertex !== gone) remove(this.facesOf[vertex]!, face);
        }
      } else {
        this.corners[3 * face + place] = stays;
        this.facesOf[stays]!.push(face);
      }
    }
    this.facesOf[gone] = [];
    for (let entry = 0; entry < 10; entry++) this.quadrics[stays * 10 + entry]! += this.quadrics[gone * 10 + entry]!;
    this.version[stays]!++;
    this.pushEdges(stays, false);
  }

  /** Which corner of a face a vertex is; −1 for none. */
  private placeOf(face: number, vertex: number): number {
    const { corners } = this;
    if (corners[3 * face] === vertex) return 0;
    if (corners[3 * face + 1] === vertex) return 1;
    return corners[3 * face + 2] === vertex ? 2 : -1;
  }

  /** Whether collapsing the edge would leave a vertex without a triangle: the one that stays, or a neighbour of both. */
  private strandsVertex(first: number, second: number): boolean {
    const shared = this.facesOf[first]!.filter((face) => this.placeOf(face, second) >= 0);
    if (this.facesOf[first]!.length === shared.length && this.facesOf[second]!.length === shared.length) return true;
    return shared.some((face) => {
      for (let corner = 0; corner < 3; corner++) {
        const third = this.corners[3 * face + corner]!;
        if (third !== first && third !== second && this.facesOf[third]!.every((own) => shared.includes(own))) return true;
      }
      return false;
    });
  }

  /** Puts the edges of a vertex on the heap: all, or those to vertices with a larger index. */
  private pushEdges(vertex: number, upwards: boolean): void {
    const walk = ++this.walks;
    this.met[vertex] = walk;
    for (const face of this.facesOf[vertex]!) {
      for (let corner = 0; corner < 3; corner++) {
        const other = this.corners[3 * face + corner]!;
        if (this.met[other] === walk) continue;
        this.met[other] = walk;
        if (!upwards || other > vertex) this.push(vertex, other);
      }
    }
  }

  private push(one: number, other: number): void {
    const [first, second] = one < other ? [one, other] : [other, one];
    const cost = Math.min(this.cost(first, second, first), this.cost(first, second, second));
    this.heap.push(cost, first, second, this.version[first]! + this.version[second]!);
  }

  /** Summed quadric of both ends, at the position of one. */
  private cost(first: number, second: number, at: number): number {
    const { positions } = this.mesh;
    const [x, y, z] = [positions[3 * at]!, positions[3 * at + 1]!, positions[3 * at + 2]!];
    const { quadrics: q } = this;
    const a = first * 10;
    const b = second * 10;
    const quadratic = (q[a]! + q[b]!) * x * x + (q[a + 4]! + q[b + 4]!) * y * y + (q[a + 7]! + q[b + 7]!) * z * z
      + 2 * ((q[a + 1]! + q[b + 1]!) * x * y + (q[a + 2]! + q[b + 2]!) * x * z + (q[a + 5]! + q[b + 5]!) * y * z);
    return quadratic + 2 * ((q[a + 3]! + q[b + 3]!) * x + (q[a + 6]! + q[b + 6]!) * y + (q[a + 8]! + q[b + 8]!) * z) + (q[a + 9]! + q[b + 9]!);
  }
}

function remove(list: number[], item: number): void {
  const place = list.indexOf(item);
  list[place] = list[list.length - 1]!;
  list.pop();
}

/** Unit normal and offset of the triangle's plane; zeros for a triangle without area. */
function planeOf(positions: Float32Array, a: number, b: number, c: number): readonly [number, number, number, number] {
  const [px, py, pz] = [positions[3 * a]!, positions[3 * a + 1]!, positions[3 * a + 2]!];
  const [ux, uy, uz] = [positions[3 * b]! - px, positions[3 * b + 1]! - py, positions[3 * b + 2]! - pz];
  const [vx, vy, vz] = [positions[3 * c]! - px, positions[3 * c + 1]! - py, positions[3 * c + 2]! - pz];
  const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  const length = Math.hypot(nx, ny, nz);
  if (length === 0) return [0, 0, 0, 0];
  const [x, y, z] = [nx / length, ny / length, nz / length];
  return [x, y, z, -(x * px + y * py + z * pz)];
}

/** Adds p pᵀ, upper triangle by rows: xx xy xz xd yy yz yd zz zd dd. */
function addOuterProduct(quadrics: Float64Array, vertex: number, plane: readonly number[]): void {
  let entry = vertex * 10;
  for (let row = 0; row < 4; row++) for (let column = row; column < 4; column++) quadrics[entry++]! += plane[row]! * plane[column]!;
}
