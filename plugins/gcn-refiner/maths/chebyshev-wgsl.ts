/** The sums over Chebyshev polynomials for GPUs: one pass a term, since each needs the whole of the one before. */
import type { SparseMatrix, WgslCall, WgslForm, WgslPass, WgslProgram } from '../../../framework/device/index.js';

export interface Polynomials {
  readonly laplacian: SparseMatrix;
  readonly terms: number;
}

function common({ attributes: { laplacian, terms } }: WgslCall<Polynomials>, features: number): Pick<WgslProgram, 'integers' | 'constants'> {
  return {
    integers: { features, rowCount: laplacian.rows, terms },
    constants: { rowPointers: laplacian.rowPointers, columnIndices: laplacian.columnIndices, entries: laplacian.values },
  };
}

/** Sets `sum` to (L̃ v) at one vertex and feature, where `at(row)` is the place of that feature of v at another vertex of the sample. */
const product = (array: string, at: (row: string) => string): string => `
  var sum = 0.0;
  for (var entry = rowPointers[row]; entry < rowPointers[row + 1]; entry++) {
    sum += entries[entry] * ${array}[${at('columnIndices[entry]')}];
  }`;

const place = `
  let feature = index % u.features;
  let vertex = index / u.features;
  let row = vertex % u.rowCount;
  let first = vertex - row;`;

/** Block k of a vertex is (T_k x), with T_k = 2 L̃ T_{k−1} − T_{k−2}. */
export const basisWgsl: WgslForm<Polynomials> = (call) => {
  const [batch, rows, features] = call.inputs[0]!.shape as [number, number, number];
  const block = (vertex: string, k: number): string => `(${vertex} * u.terms + ${k}) * u.features + feature`;
  return {
    ...common(call, features),
    results: ['basis'],
    passes: Array.from({ length: call.attributes.terms }, (_, k): WgslPass => ({
      count: batch * rows * features,
      code: k === 0
        ? `fn run(index: i32) { ${place} basis[${block('vertex', 0)}] = x[index]; }`
        : `fn run(index: i32) {
          ${place}
          ${product('basis', (other) => block(`(first + ${other})`, k - 1))}
          basis[${block('vertex', k)}] = ${k === 1 ? 'sum' : `2.0 * sum - basis[${block('vertex', k - 2)}]`};
        }`,
    })),
  };
};

/** Σ_k T_k z_k by Clenshaw's recurrence b_k = z_k + 2 L̃ b_{k+1} − b_{k+2}. */
export const sumWgsl: WgslForm<Polynomials> = (call) => {
  const [batch, rows, features] = call.outputs[0]!.shape as [number, number, number];
  const { terms } = call.attributes;
  const size = batch * rows * features;
  const step = (k: number): WgslPass => {
    const newest = `step${(k + 1) % 3}`;
    const value = `z[(vertex * u.terms + ${k}) * u.features + feature] + ${k > 0 ? '2.0 * ' : ''}sum - step${(k + 2) % 3}[index]`;
    return {
      count: size,
      code: `fn run(index: i32) {
        ${place}
        ${product(newest, (other) => `(first + ${other}) * u.features + feature`)}
        ${k > 0 ? `step${k % 3}` : 'total'}[index] = ${value};
      }`,
    };
  };
  return {
    ...common(call, features),
    results: ['total'],
    scratch: { step0: { type: 'f32', size }, step1: { type: 'f32', size }, step2: { type: 'f32', size } },
    passes: Array.from({ length: terms }, (_, index) => step(terms - 1 - index)),
  };
};
