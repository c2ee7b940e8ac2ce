/** Rows added where a list of indices says, in WGSL. */
import type { WgslProgram } from './wgsl.js';

export interface ScatterAdd {
  /** Blocks of rows with a list of indices each, or … */
  readonly lists: number;
  /** … blocks that share one. */
  readonly blocksPerList: number;
  /** Indices in a list, and rows in a block of the result. */
  readonly count: number;
  readonly extent: number;
  /** Numbers in a row. */
  readonly inner: number;
}

/**
 * `result[list, block, indices[list, i], :] += source[list, block, i, :]`; indices outside the result are dropped. WGSL adds integers
 * atomically, but not floats: a sum is exchanged until no other thread came between. Where three or more rows meet, the order of their
 * addition, and so the last bits, may differ from run to run.
 */
export function scatterAdd(source: string, indices: string, layout: ScatterAdd): WgslProgram {
  const { lists, blocksPerList, count, extent, inner } = layout;
  const size = lists * blocksPerList * extent * inner;
  return {
    results: ['result'],
    integers: { blocksPerList, listLength: count, extent, inner },
    scratch: { sums: { type: 'atomic<u32>', size } },
    passes: [
      {
        count: lists * blocksPerList * count * inner,
        code: `fn run(index: i32) {
          let value = ${source}[index];
          let place = index / u.inner;
          let block = place / u.listLength;
          let row = ${indices}[(block / u.blocksPerList) * u.listLength + place % u.listLength];
          if (row < 0 || row >= u.extent || value == 0.0) { return; }
          let at = (block * u.extent + row) * u.inner + index % u.inner;
          var before = atomicLoad(&sums[at]);
          loop {
            let tried = atomicCompareExchangeWeak(&sums[at], before, bitcast<u32>(bitcast<f32>(before) + value));
            if (tried.exchanged) { break; }
            before = tried.old_value;
          }
        }`,
      },
      { count: size, code: 'fn run(index: i32) { result[index] = bitcast<f32>(atomicLoad(&sums[index])); }' },
    ],
  };
}
