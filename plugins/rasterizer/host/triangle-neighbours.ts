/** Which triangles share an edge. */

/** The neighbour across an edge that belongs to one triangle alone, or to more than two. */
export const noNeighbour = -1;

/**
 * The triangle on the other side of each edge; edge k of a triangle runs from its corner k to the next.
 *
 * @param triangles F triples of vertex indices
 * @returns three triangle numbers a triangle; −1 at a rim, and where more than two triangles meet
 */
export function triangleNeighbours(triangles: Int32Array): Int32Array {
  const neighbours = new Int32Array(triangles.length).fill(noNeighbour);
  const slots = new Map<number, number[]>();
  const count = triangles.reduce((most, vertex) => Math.max(most, vertex), -1) + 1;
  for (let slot = 0; slot < triangles.length; slot++) {
    const first = triangles[slot]!;
    const second = triangles[slot % 3 === 2 ? slot - 2 : slot + 1]!;
    const key = Math.min(first, second) * count + Math.max(first, second);
    const known = slots.get(key);
    if (known) known.push(slot);
    else slots.set(key, [slot]);
  }
  for (const [first, second, ...others] of slots.values()) {
    if (second === undefined || others.length > 0) continue;
    neighbours[first!] = Math.floor(second / 3);
    neighbours[second] = Math.floor(first! / 3);
  }
  return neighbours;
}
