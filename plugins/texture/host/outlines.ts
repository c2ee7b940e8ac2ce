/** The borders of a mesh. */

/**
 * Closed loops of vertices that bound the mesh, the longest first, in the direction of the triangles' own edges: counter-clockwise about
 * the surface, seen from outside.
 *
 * @returns null where a border meets itself, so that it is no loop
 */
export function outlines(triangles: Int32Array): readonly Int32Array[] | null {
  const count = triangles.reduce((most, vertex) => Math.max(most, vertex + 1), 0);
  const edges = new Set<number>();
  forEachEdge(triangles, (from, to) => edges.add(from * count + to));
  const next = new Map<number, number>();
  let forks = false;
  forEachEdge(triangles, (from, to) => {
    if (edges.has(to * count + from)) return;
    forks ||= next.has(from);
    next.set(from, to);
  });
  return forks ? null : loopsOf(next);
}

export function forEachEdge(triangles: Int32Array, visit: (from: number, to: number, opposite: number) => void): void {
  for (let at = 0; at < triangles.length; at += 3) {
    const [a, b, c] = [triangles[at]!, triangles[at + 1]!, triangles[at + 2]!];
    visit(a, b, c);
    visit(b, c, a);
    visit(c, a, b);
  }
}

function loopsOf(next: Map<number, number>): readonly Int32Array[] | null {
  const loops: Int32Array[] = [];
  while (next.size > 0) {
    const [start] = next.keys() as unknown as [number];
    const loop: number[] = [];
    for (let vertex: number | undefined = start; next.has(vertex!);) {
      loop.push(vertex!);
      const following: number = next.get(vertex!)!;
      next.delete(vertex!);
      vertex = following;
      if (!next.has(vertex) && vertex !== start) return null;
    }
    loops.push(Int32Array.from(loop));
  }
  return loops.sort((one, other) => other.length - one.length);
}
