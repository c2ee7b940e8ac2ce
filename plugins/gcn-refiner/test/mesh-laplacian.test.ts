import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { meshLaplacian } from '../host/mesh-laplacian.js';

const strip = Int32Array.from([0, 1, 2, 1, 3, 2, 2, 3, 4, 3, 5, 4, 4, 5, 6]);

function dense({ rows, columns, rowPointers, columnIndices, values }: ReturnType<typeof meshLaplacian>): number[][] {
  return Array.from({ length: rows }, (_, row) => {
    const line = new Array<number>(columns).fill(0);
    for (let entry = rowPointers[row]!; entry < rowPointers[row + 1]!; entry++) line[columnIndices[entry]!] = values[entry]!;
    return line;
  });
}

test('convention: edges weigh 1, the diagonal is zero, the sign is negative', () => {
  const matrix = dense(meshLaplacian(7, strip));
  // scipy, snippet in chebyshev-convolution.test.ts: lap.toarray()[2]
  const expected = [-0.35355339, -0.28867513, 0, -0.25, -0.25, 0, 0];
  expected.forEach((value, column) => assert.ok(Math.abs(matrix[2]![column]! - value) < 1e-7));
  matrix.forEach((row, index) => assert.is(row[index], 0));
  matrix.forEach((row, i) => row.forEach((value, j) => assert.is(value, matrix[j]![i]!)));
});

test('the square root of the degrees is the eigenvector of −1', () => {
  const degrees = [2, 3, 4, 4, 4, 3, 2];
  dense(meshLaplacian(7, strip)).forEach((row, index) => {
    const product = row.reduce((sum, value, column) => sum + value * Math.sqrt(degrees[column]!), 0);
    assert.ok(Math.abs(product + Math.sqrt(degrees[index]!)) < 1e-6);
  });
});

test('a vertex without an edge has an empty row, and a wrong index is refused', () => {
  assert.equal([...meshLaplacian(4, Int32Array.from([0, 1, 2])).rowPointers], [0, 2, 4, 6, 6]);
  assert.throws(() => meshLaplacian(2, Int32Array.from([0, 1, 2])), /outside 0 … 1/);
});

test.run();
