/** Which corners of triangles lie at a vertex: what a sum over the neighbourhood of a vertex runs over, always in the same order. */

const known = new WeakMap<Int32Array, Map<number, Int32Array>>();

/**
 * V + 1 start positions, then the corners in order: those of vertex v stand from position[v] to position[v + 1] − 1. Corner 3f + k is the
 * k-th of triangle f. Made once for each list of triangles.
 */
export function incidence(triangles: Int32Array, vertexCount: number): Int32Array {
  let byCount = known.get(triangles);
  if (!byCount) known.set(triangles, (byCount = new Map<number, Int32Array>()));
  let table = byCount.get(vertexCount);
  if (!table) byCount.set(vertexCount, (table = build(triangles, vertexCount)));
  return table;
}

function build(triangles: Int32Array, vertexCount: number): Int32Array {
  const table = new Int32Array(vertexCount + 1 + triangles.length);
  for (const vertex of triangles) table[vertex + 1]!++;
  table[0] = vertexCount + 1;
  for (let vertex = 0; vertex < vertexCount; vertex++) table[vertex + 1]! += table[vertex]!;
  const next = table.slice(0, vertexCount);
  triangles.forEach((vertex, corner) => (table[next[vertex]!++] = corner));
  return table;
}
