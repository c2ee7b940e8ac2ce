/** The vertex at the mirror image (−x, y, z) of each vertex; a vertex on the plane is its own image. */
export function mirrorPairs(positions: Float64Array | Float32Array): Int32Array {
  const count = positions.length / 3;
  const cell = 0.02;
  const cells = new Map<string, number[]>();
  const cellOf = (value: number): number => Math.floor(value / cell);
  for (let vertex = 0; vertex < count; vertex++) {
    const key = `${cellOf(positions[vertex * 3]!)},${cellOf(positions[vertex * 3 + 1]!)},${cellOf(positions[vertex * 3 + 2]!)}`;
    cells.set(key, [...(cells.get(key) ?? []), vertex]);
  }
  const pairs = new Int32Array(count);
  for (let vertex = 0; vertex < count; vertex++) {
    const place = [-positions[vertex * 3]!, positions[vertex * 3 + 1]!, positions[vertex * 3 + 2]!] as const;
    pairs[vertex] = nearest(positions, cells, place, place.map(cellOf));
  }
  return pairs;
}

/** Mirrors a field of 3-vectors: the value of the partner with x negated. */
export function mirrorVectors(field: Float64Array, pairs: Int32Array): Float64Array {
  const result = new Float64Array(field.length);
  for (let vertex = 0; vertex < pairs.length; vertex++) {
    const from = pairs[vertex]! * 3;
    result[vertex * 3] = -field[from]!;
    result[vertex * 3 + 1] = field[from + 1]!;
    result[vertex * 3 + 2] = field[from + 2]!;
  }
  return result;
}

/** Mirrors a field of colours: the value of the partner. */
export function mirrorColours(field: Float64Array, pairs: Int32Array): Float64Array {
  const result = new Float64Array(field.length);
  for (let vertex = 0; vertex < pairs.length; vertex++) {
    for (let channel = 0; channel < 3; channel++) result[vertex * 3 + channel] = field[pairs[vertex]! * 3 + channel]!;
  }
  return result;
}

function nearest(
  positions: Float64Array | Float32Array, cells: Map<string, number[]>, place: readonly [number, number, number], cell: readonly number[],
): number {
  let best = -1;
  let least = Infinity;
  for (let dx = -1; dx <= 1; dx++) {
    for (let dy = -1; dy <= 1; dy++) {
      for (let dz = -1; dz <= 1; dz++) {
        for (const other of cells.get(`${cell[0]! + dx},${cell[1]! + dy},${cell[2]! + dz}`) ?? []) {
          const x = positions[other * 3]! - place[0];
          const y = positions[other * 3 + 1]! - place[1];
          const z = positions[other * 3 + 2]! - place[2];
          const squared = x * x + y * y + z * z;
          if (squared < least) [least, best] = [squared, other];
        }
      }
    }
  }
  if (best < 0 || least > 1e-4) throw new Error(`no mirror image near (${place.join(', ')})`);
  return best;
}
