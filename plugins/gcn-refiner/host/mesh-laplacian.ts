import type { SparseMatrix } from '../../../framework/device/index.js';

/**
 * L̃ = −D^-1/2 A D^-1/2, the normalised Laplacian L = I − D^-1/2 A D^-1/2 scaled to 2 L / λmax − I with λmax = 2. A is 1 for each pair of
 * vertices that share an edge, else 0; D holds the degrees. L̃ is symmetric, its diagonal is zero, its spectrum in [−1, 1]. A
 * vertex without an edge has an empty row.
 *
 * @param triangles three vertex indices for each triangle.
 * @returns [N, N]; columns ascend within a row.
 * @throws RangeError when an index is not a vertex.
 *
 * Source: Defferrard et al. 2016; the paper, 3.2.1. Differs from CoMA's code, which weights inner edges 2 and boundary edges 1.
 */
export function meshLaplacian(vertexCount: number, triangles: Int32Array): SparseMatrix {
  const neighbours = Array.from({ length: vertexCount }, () => new Set<number>());
  for (let corner = 0; corner < triangles.length; corner++) {
    const first = triangles[corner]!;
    const second = triangles[corner % 3 === 2 ? corner - 2 : corner + 1]!;
    if (!neighbours[first] || !neighbours[second]) throw new RangeError(`a triangle names a vertex outside 0 … ${vertexCount - 1}`);
    neighbours[first].add(second);
    neighbours[second].add(first);
  }
  const rowPointers = new Int32Array(vertexCount + 1);
  neighbours.forEach((set, row) => (rowPointers[row + 1] = rowPointers[row]! + set.size));
  const columnIndices = new Int32Array(rowPointers[vertexCount]!);
  const values = new Float32Array(columnIndices.length);
  neighbours.forEach((set, row) => {
    [...set].sort((a, b) => a - b).forEach((column, place) => {
      columnIndices[rowPointers[row]! + place] = column;
      values[rowPointers[row]! + place] = -1 / Math.sqrt(set.size * neighbours[column]!.size);
    });
  });
  return { rows: vertexCount, columns: vertexCount, rowPointers, columnIndices, values };
}
