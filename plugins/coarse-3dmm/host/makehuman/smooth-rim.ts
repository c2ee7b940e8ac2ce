/** Smooths the outer edge of the crop, which follows whole quads of the base mesh and would look like stairs from the side. */

const rounds = 6;

/** [R*3] every vertex of the outer edge with its two neighbours along it. The edge is what belongs to one quad only. */
export function findRim(quads: Int32Array): Int32Array {
  const directed = new Map<string, readonly [number, number]>();
  for (let at = 0; at < quads.length; at++) {
    const [from, to] = [quads[at]!, quads[at - (at % 4) + ((at + 1) % 4)]!];
    if (!directed.delete(`${to}-${from}`)) directed.set(`${from}-${to}`, [from, to]);
  }
  const before = new Map<number, number>();
  const after = new Map<number, number>();
  for (const [from, to] of directed.values()) {
    after.set(from, to);
    before.set(to, from);
  }
  return Int32Array.from([...after.keys()].sort((a, b) => a - b).flatMap((vertex) => [vertex, before.get(vertex)!, after.get(vertex)!]));
}

/** x ← (x₋ + 2 x + x₊) / 4 along the rim, several times: a linear map, so that modes go through it as positions do. */
export function smoothRim(rim: Int32Array, positions: Float64Array): void {
  const next = new Float64Array(rim.length);
  for (let round = 0; round < rounds; round++) {
    for (let at = 0; at < rim.length; at += 3) {
      for (let axis = 0; axis < 3; axis++) {
        const [own, left, right] = [0, 1, 2].map((k) => positions[rim[at + k]! * 3 + axis]!) as [number, number, number];
        next[at + axis] = (left + 2 * own + right) / 4;
      }
    }
    for (let at = 0; at < rim.length; at += 3) positions.set(next.subarray(at, at + 3), rim[at]! * 3);
  }
}
