/** Texture coordinates of a disc-shaped mesh without folds or seams, with texels where they are needed. */
import { forEachEdge, outlines } from './outlines.js';

/** Rounds of the reweighting; the first ones do nearly all. */
const rounds = 4;
const sweeps = 110;
/** Over-relaxation of Gauss-Seidel's steps, for meshes of some ten thousand vertices. */
const relaxation = 1.93;
/** The square's corners are rounded: |x|⁴ + |y|⁴ = 1. */
const roundness = 4;
/** A spring's excess length counts up to this factor, and enters its stiffness to this power: more of either overshoots. */
const mostChange = 4;
const strength = 0.7;

/** Directed neighbours of all vertices: those of vertex v are `neighbours[starts[v] … starts[v + 1]]`, with weights beside them. */
interface Springs {
  readonly starts: Int32Array;
  readonly neighbours: Int32Array;
  readonly weights: Float64Array;
}

/**
 * Unfolds a mesh into a rounded square: the outline stays on its border, each inner vertex hangs on springs along its edges,
 * Σ_j w_ij (u_j − u_i) = 0, which for positive weights and a convex outline has no folds (Tutte 1963). Springs that came out too long become
 * stiffer, too short ones softer, until lengths follow those in space times the wanted density.
 *
 * Source: the reweighting is that of Yoshizawa, Belyaev and Seidel 2004 ("A fast and simple stretch-minimizing mesh parameterization"). Differs:
 * by the length of each edge instead of the stretch around a vertex, so that weights stay symmetric and over-relaxation converges.
 *
 * @param points [V*3] the shape at rest, facing +z
 * @param density [V] wanted texels a length, 1 as usual
 * @returns [V*2] u right, v up, in [0, 1]; null where the mesh is no disc (several pieces, holes, borders that meet)
 */
export function unfold(points: ArrayLike<number>, triangles: Int32Array, density: ArrayLike<number>): Float32Array | null {
  const loops = outlines(triangles);
  if (loops?.length !== 1 || !isConnected(triangles, points.length / 3)) return null;
  const places = startPlaces(points, loops[0]!);
  const fixed = new Uint8Array(points.length / 3);
  for (const vertex of loops[0]!) fixed[vertex] = 1;
  const springs = equalSprings(triangles, points.length / 3);
  const wanted = wantedLengths(springs, points, density);
  relax(springs, places, fixed);
  for (let round = 0; round < rounds; round++) {
    stiffen(springs, places, wanted);
    relax(springs, places, fixed);
  }
  return Float32Array.from(places, (value) => 0.5 + value / 2);
}

function isConnected(triangles: Int32Array, vertexCount: number): boolean {
  const parent = Int32Array.from({ length: vertexCount }, (_, vertex) => vertex);
  const rootOf = (vertex: number): number => {
    let root = vertex;
    while (parent[root] !== root) root = parent[root] = parent[parent[root]!]!;
    return root;
  };
  for (let at = 0; at < triangles.length; at += 3) {
    parent[rootOf(triangles[at + 1]!)] = rootOf(triangles[at]!);
    parent[rootOf(triangles[at + 2]!)] = rootOf(triangles[at]!);
  }
  return parent.every((_, vertex) => rootOf(vertex) === rootOf(0));
}

/** The outline on the rounded square by arc length; the rest seen from behind the face, shrunk to fit in. */
function startPlaces(points: ArrayLike<number>, outline: Int32Array): Float64Array {
  const places = new Float64Array((points.length / 3) * 2);
  const [x, y, z] = [0, 1, 2].map((axis) => mean(points, axis)) as [number, number, number];
  for (let vertex = 0; vertex < points.length / 3; vertex++) {
    const [dx, dy, dz] = [points[vertex * 3]! - x, points[vertex * 3 + 1]! - y, points[vertex * 3 + 2]! - z + 1];
    const across = Math.hypot(dx, dy);
    const scale = (0.25 * Math.atan2(across, dz)) / Math.max(across, 1e-9);
    places[vertex * 2] = dx * scale;
    places[vertex * 2 + 1] = dy * scale;
  }
  const lengths = Array.from(outline, (vertex, index) => {
    const other = outline[(index + 1) % outline.length]!;
    return Math.hypot(...[0, 1, 2].map((axis) => points[other * 3 + axis]! - points[vertex * 3 + axis]!));
  });
  const whole = lengths.reduce((sum, value) => sum + value, 0);
  // The topmost vertex of the middle stands at the middle of the upper side.
  const height = (vertex: number): number => points[vertex * 3 + 1]! - y - 2 * Math.abs(points[vertex * 3]! - x);
  const start = outline.reduce((best, vertex, index) => (height(vertex) > height(outline[best]!) ? index : best), 0);
  let angle = Math.PI / 2;
  for (let step = 0; step < outline.length; step++) {
    const index = (start + step) % outline.length;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const radius = (Math.abs(cos) ** roundness + Math.abs(sin) ** roundness) ** (-1 / roundness);
    places[outline[index]! * 2] = radius * cos;
    places[outline[index]! * 2 + 1] = radius * sin;
    angle += (2 * Math.PI * lengths[index]!) / whole;
  }
  return places;
}

function mean(points: ArrayLike<number>, axis: number): number {
  let sum = 0;
  for (let at = axis; at < points.length; at += 3) sum += points[at]!;
  return sum / (points.length / 3);
}

/** Equal springs along all edges. */
function equalSprings(triangles: Int32Array, vertexCount: number): Springs {
  const rows = Array.from({ length: vertexCount }, () => new Set<number>());
  forEachEdge(triangles, (from, to) => {
    rows[from]!.add(to);
    rows[to]!.add(from);
  });
  const starts = new Int32Array(vertexCount + 1);
  rows.forEach((row, vertex) => (starts[vertex + 1] = starts[vertex]! + row.size));
  return { starts, neighbours: Int32Array.from(rows.flatMap((row) => [...row])), weights: new Float64Array(starts[vertexCount]!).fill(1) };
}

/** w ← w (l / l')^0.7 along each edge, l its length in the texture and l' the wanted one, both over their means. */
function stiffen(springs: Springs, places: Float64Array, wanted: Float64Array): void {
  const { starts, neighbours, weights } = springs;
  const lengths = weights.map(() => 0);
  let whole = 0;
  for (let vertex = 0; vertex + 1 < starts.length; vertex++) {
    for (let at = starts[vertex]!; at < starts[vertex + 1]!; at++) {
      const other = neighbours[at]! * 2;
      lengths[at] = Math.hypot(places[other]! - places[vertex * 2]!, places[other + 1]! - places[vertex * 2 + 1]!);
      whole += lengths[at]!;
    }
  }
  for (let at = 0; at < weights.length; at++) {
    const excess = lengths[at]! / whole / wanted[at]!;
    weights[at]! *= Math.min(Math.max(excess, 1 / mostChange), mostChange) ** strength;
  }
}

/** Shares of the sum of all edges' lengths in space, times the density at their ends. */
function wantedLengths({ starts, neighbours }: Springs, points: ArrayLike<number>, density: ArrayLike<number>): Float64Array {
  const lengths = new Float64Array(neighbours.length);
  for (let vertex = 0; vertex + 1 < starts.length; vertex++) {
    for (let at = starts[vertex]!; at < starts[vertex + 1]!; at++) {
      const other = neighbours[at]!;
      const length = Math.hypot(...[0, 1, 2].map((axis) => points[other * 3 + axis]! - points[vertex * 3 + axis]!));
      lengths[at] = (length * (density[vertex]! + density[other]!)) / 2;
    }
  }
  const whole = lengths.reduce((sum, value) => sum + value, 0);
  return lengths.map((value) => Math.max(value / whole, 1e-9));
}

function relax({ starts, neighbours, weights }: Springs, places: Float64Array, fixed: Uint8Array): void {
  for (let sweep = 0; sweep < sweeps; sweep++) {
    // The last sweeps do not overshoot, so that what is left of the error is smooth.
    const omega = sweep < sweeps - 10 ? relaxation : 1;
    for (let vertex = 0; vertex < fixed.length; vertex++) {
      if (fixed[vertex]) continue;
      let [x, y, sum] = [0, 0, 0];
      for (let at = starts[vertex]!; at < starts[vertex + 1]!; at++) {
        const weight = weights[at]!;
        const other = neighbours[at]! * 2;
        x += weight * places[other]!;
        y += weight * places[other + 1]!;
        sum += weight;
      }
      if (sum <= 0) continue;
      places[vertex * 2]! += omega * (x / sum - places[vertex * 2]!);
      places[vertex * 2 + 1]! += omega * (y / sum - places[vertex * 2 + 1]!);
    }
  }
}
