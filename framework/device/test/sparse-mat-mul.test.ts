import * as assert from 'uvu/assert';
import { randomFor } from '../../values/random.js';
import { checkGradient, close, normalTensor, testOperator, toTensor } from '../../testing/index.js';
import { sparseMatMul, tf, transposeSparse, type SparseMatrix } from '../index.js';

/** 6 × 5 with an empty row, an empty column and a repeated entry. */
const dense = [
  [0, 1.5, 0, 0, -2], [0, 0, 0, 0, 0], [0.25, 0, 0, 0, 3], [0, 0, 0, 0, 1], [1, 2, 0, 4, 5], [0, -1, 0, 0, 0],
];
const matrix = compress(dense);

function compress(rows: readonly (readonly number[])[]): SparseMatrix {
  const entries = rows.map((row) => row.flatMap((value, column) => (value === 0 ? [] : [[column, value] as const])));
  const rowPointers = [0];
  entries.forEach((row) => rowPointers.push(rowPointers.at(-1)! + row.length));
  return {
    rows: rows.length, columns: rows[0]!.length, rowPointers: Int32Array.from(rowPointers),
    columnIndices: Int32Array.from(entries.flat().map(([column]) => column)), values: Float32Array.from(entries.flat().map(([, value]) => value)),
  };
}

testOperator('sparseMatMul', {
  runs: () => tf.tidy(() => void sparseMatMul(matrix, tf.ones([1, 5, 1]))),
  shapes: () => tf.tidy(() => assert.equal(sparseMatMul(matrix, tf.ones([2, 5, 7])).shape, [2, 6, 7])),
  refuses: () => tf.tidy(() => {
    assert.throws(() => sparseMatMul(matrix, tf.ones([2, 6, 3])), /x must be \[B, 5, C\], got \[2, 6, 3\]/);
    assert.throws(() => sparseMatMul(matrix, tf.ones([5, 3])), /got \[5, 3\]/);
  }),
  values: () => tf.tidy(() => {
    for (const channels of [1, 3, 4, 7, 8, 16, 39]) {
      const x = normalTensor([2, 5, channels]);
      const expected: number[] = [];
      for (const b of [0, 1]) {
        for (const row of dense) {
          for (let c = 0; c < channels; c++) expected.push(row.reduce((sum, value, column) => sum + value * x.data[(b * 5 + column) * channels + c]!, 0));
        }
      }
      close(sparseMatMul(matrix, toTensor(x)), expected);
    }
  }),
  gradient: async () => {
    for (const channels of [3, 6, 21]) await checkGradient((x) => sparseMatMul(matrix, x!), [[2, 5, channels]]);
  },
  batch: () => tf.tidy(() => {
    const x = toTensor(normalTensor([3, 5, 6]));
    const together = sparseMatMul(matrix, x);
    for (const b of [0, 1, 2]) close(together.slice([b], [1]), sparseMatMul(matrix, x.slice([b], [1])), { rtol: 0, atol: 0 });
  }),
});

testOperator('transposeSparse', {
  runs: () => void transposeSparse(matrix),
  shapes: () => assert.equal([transposeSparse(matrix).rows, transposeSparse(matrix).columns], [5, 6]),
  refuses: { skip: 'it takes what sparseMatMul has checked' },
  values: () => {
    assert.equal(transposeSparse(matrix), compress(dense[0]!.map((_, column) => dense.map((row) => row[column]!))));
    assert.is(transposeSparse(transposeSparse(matrix)), matrix);
    const random = randomFor('sparse');
    const large = compress(Array.from({ length: 40 }, () => Array.from({ length: 31 }, () => (random.uniform() < 0.1 ? random.normal() : 0))));
    const { rowPointers, columnIndices } = transposeSparse(large);
    for (let row = 0; row < 31; row++) {
      const columns = columnIndices.slice(rowPointers[row], rowPointers[row + 1]);
      assert.equal(columns, columns.slice().sort(), 'columns of a row are in order');
    }
  },
  gradient: { skip: 'the matrix is a constant' },
  batch: { skip: 'no tensor' },
});
