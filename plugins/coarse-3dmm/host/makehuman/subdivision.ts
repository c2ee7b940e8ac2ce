/**
 * Catmull-Clark subdivision as a linear map (Catmull and Clark, 1978; sharp border rule of Hoppe et al., 1994): one
 * sparse matrix moves positions, modes and any other smooth field from a mesh of quads to the next finer one. The
 * first vertices of the finer mesh are those of the coarser one, so fields may also be restricted by taking a prefix.
 */

export interface QuadMesh {
  readonly vertexCount: number;
  readonly quads: Int32Array;
}

/** Rows of a sparse matrix: row r holds entries offsets[r] .. offsets[r + 1] of columns and weights. */
export interface SparseRows {
  readonly rows: number;
  readonly offsets: Int32Array;
  readonly columns: Int32Array;
  readonly weights: Float64Array;
}

export interface Subdivision {
  readonly mesh: QuadMesh;
  /** Smooth: for positions and their modes. */
  readonly smooth: SparseRows;
  /** Interpolating: vertices stay, edges and faces take means. For colours, texture coordinates, masks. */
  readonly linear: SparseRows;
}

interface Edge {
  readonly ends: readonly [number, number];
  readonly faces: number[];
}

/**
 * Child quad 4q + c of quad q has the corners (corner c, next edge, face, previous edge), so its first and third corner
 * are the old corner and the face point: the diagonal between them is the same on both sides of a mirror plane.
 */
export function subdivide(mesh: QuadMesh): Subdivision {
  const faceCount = mesh.quads.length / 4;
  const { edges, edgeOf } = collectEdges(mesh);
  const edgePoint = (edge: number): number => mesh.vertexCount + edge;
  const facePoint = (face: number): number => mesh.vertexCount + edges.length + face;
  const quads = new Int32Array(mesh.quads.length * 4);
  for (let face = 0; face < faceCount; face++) {
    for (let corner = 0; corner < 4; corner++) {
      const before = edgePoint(edgeOf[face * 4 + ((corner + 3) % 4)]!);
      quads.set([mesh.quads[face * 4 + corner]!, edgePoint(edgeOf[face * 4 + corner]!), facePoint(face), before], (face * 4 + corner) * 4);
    }
  }
  const faceMean = (face: number): Map<number, number> => combine([0, 1, 2, 3].map((corner) => [new Map([[mesh.quads[face * 4 + corner]!, 1]]), 0.25]));
  const edgeMean = (edge: Edge): Map<number, number> => new Map([[edge.ends[0], 0.5], [edge.ends[1], 0.5]]);
  const faceMeans = Array.from({ length: faceCount }, (_, face) => faceMean(face));
  const edgeMeans = edges.map(edgeMean);
  const smoothEdges = edges.map((edge, index) =>
    edge.faces.length === 2
      ? combine([[edgeMeans[index]!, 0.5], [faceMeans[edge.faces[0]!]!, 0.25], [faceMeans[edge.faces[1]!]!, 0.25]])
      : edgeMeans[index]!,
  );
  const identity = Array.from({ length: mesh.vertexCount }, (_, vertex) => new Map([[vertex, 1]]));
  return {
    mesh: { vertexCount: mesh.vertexCount + edges.length + faceCount, quads },
    smooth: sparseRows([...smoothVertices(mesh, edges, faceMeans, edgeMeans), ...smoothEdges, ...faceMeans]),
    linear: sparseRows([...identity, ...edgeMeans, ...faceMeans]),
  };
}

/** y = A x for x of `channels` interleaved values a vertex. */
export function applyRows(matrix: SparseRows, field: Float64Array | Float32Array, channels: number): Float64Array {
  const result = new Float64Array(matrix.rows * channels);
  for (let row = 0; row < matrix.rows; row++) {
    for (let entry = matrix.offsets[row]!; entry < matrix.offsets[row + 1]!; entry++) {
      const weight = matrix.weights[entry]!;
      const from = matrix.columns[entry]! * channels;
      for (let channel = 0; channel < channels; channel++) result[row * channels + channel]! += weight * field[from + channel]!;
    }
  }
  return result;
}

/** Some rows of a matrix, in the given order. */
export function pickRows(matrix: SparseRows, rows: Int32Array): SparseRows {
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach((row, index) => (offsets[index + 1] = offsets[index]! + matrix.offsets[row + 1]! - matrix.offsets[row]!));
  const columns = new Int32Array(offsets[rows.length]!);
  const weights = new Float64Array(offsets[rows.length]!);
  rows.forEach((row, index) => {
    columns.set(matrix.columns.subarray(matrix.offsets[row]!, matrix.offsets[row + 1]!), offsets[index]!);
    weights.set(matrix.weights.subarray(matrix.offsets[row]!, matrix.offsets[row + 1]!), offsets[index]!);
  });
  return { rows: rows.length, offsets, columns, weights };
}

/** Interior: (F + 2 R + (n − 3) P) / n with F, R the means of face points and edge midpoints. Border: 1/8, 6/8, 1/8. */
function smoothVertices(
  mesh: QuadMesh, edges: readonly Edge[], faceMeans: readonly Map<number, number>[], edgeMeans: readonly Map<number, number>[],
): Map<number, number>[] {
  const facesAt: number[][] = Array.from({ length: mesh.vertexCount }, () => []);
  const edgesAt: number[][] = Array.from({ length: mesh.vertexCount }, () => []);
  mesh.quads.forEach((vertex, at) => facesAt[vertex]!.push(Math.floor(at / 4)));
  edges.forEach((edge, index) => edge.ends.forEach((end) => edgesAt[end]!.push(index)));
  return facesAt.map((faces, vertex) => {
    const self = new Map([[vertex, 1]]);
    const borders = edgesAt[vertex]!.filter((edge) => edges[edge]!.faces.length === 1);
    if (borders.length > 0) return combine([[self, 0.5], ...borders.map((edge): [Map<number, number>, number] => [edgeMeans[edge]!, 0.5 / borders.length])]);
    const n = faces.length;
    return combine([
      [self, (n - 3) / n],
      ...faces.map((face): [Map<number, number>, number] => [faceMeans[face]!, 1 / (n * n)]),
      ...edgesAt[vertex]!.map((edge): [Map<number, number>, number] => [edgeMeans[edge]!, 2 / (n * n)]),
    ]);
  });
}

function collectEdges(mesh: QuadMesh): { edges: Edge[]; edgeOf: Int32Array } {
  const numbers = new Map<number, number>();
  const edges: Edge[] = [];
  const edgeOf = new Int32Array(mesh.quads.length);
  for (let at = 0; at < mesh.quads.length; at++) {
    const face = Math.floor(at / 4);
    const from = mesh.quads[at]!;
    const to = mesh.quads[face * 4 + ((at + 1) % 4)]!;
    const key = Math.min(from, to) * mesh.vertexCount + Math.max(from, to);
    let number = numbers.get(key);
    if (number === undefined) {
      number = edges.push({ ends: [from, to], faces: [] }) - 1;
      numbers.set(key, number);
    }
    edges[number]!.faces.push(face);
    edgeOf[at] = number;
  }
  return { edges, edgeOf };
}

function combine(terms: readonly (readonly [Map<number, number>, number])[]): Map<number, number> {
  const sum = new Map<number, number>();
  for (const [weights, factor] of terms) {
    for (const [column, weight] of weights) sum.set(column, (sum.get(column) ?? 0) + factor * weight);
  }
  return sum;
}

function sparseRows(rows: readonly Map<number, number>[]): SparseRows {
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach((row, index) => (offsets[index + 1] = offsets[index]! + row.size));
  const columns = new Int32Array(offsets[rows.length]!);
  const weights = new Float64Array(offsets[rows.length]!);
  rows.forEach((row, index) => {
    let at = offsets[index]!;
    for (const [column, weight] of row) {
      columns[at] = column;
      weights[at++] = weight;
    }
  });
  return { rows: rows.length, offsets, columns, weights };
}
