import { join } from 'node:path';
import { encodeSafetensors, implementSink, writeFileAtomic, type HostTensor } from '../../../framework/index.js';
import { solveHeads as solve, type Pair } from '../host/learn/solve-heads.js';
import { solveHeads } from '../plugin.js';

export const stage = implementSink(solveHeads, {
  async create({ options, folder, log }) {
    const pairs: Pair[] = [];
    return {
      async write({ features, coefficients, renderFeatures, renderCoefficients }) {
        pairs.push(pairOf(features, coefficients));
        if (renderFeatures && renderCoefficients) pairs.push(pairOf(renderFeatures, renderCoefficients));
      },
      async close() {
        if (pairs.length === 0) return;
        const { heads, report } = solve(pairs, options);
        report.forEach((line) => log(line));
        writeFileAtomic(join(folder, 'heads.safetensors'), encodeSafetensors(heads));
        writeFileAtomic(join(folder, 'heads.txt'), `${report.join('\n')}\n`);
      },
    };
  },
});

function pairOf(features: HostTensor, coefficients: HostTensor): Pair {
  return { features: features.data as Float32Array, coefficients: coefficients.data as Float32Array };
}
