import { join } from 'node:path';
import { encodeSafetensors, FlowError, implementSink, writeFileAtomic, type HostTensor } from '../../../framework/index.js';
import { solveHeads as solve, type Pair } from '../host/learn/solve-heads.js';
import { solveHeads } from '../plugin.js';

export const stage = implementSink(solveHeads, {
  async create({ options, folder, log, stage: who }) {
    const pairs: Pair[] = [];
    let step = false;
    return {
      async write({ features, coefficients, start, renderFeatures, renderCoefficients, renderStart }) {
        step = start !== undefined;
        if (renderFeatures && step !== (renderStart !== undefined)) {
          throw new FlowError('FLOW_EDGE', { who, message: 'photos and renders are not asked for the same', expected: '`start` and `renderStart`, or neither' });
        }
        pairs.push(pairOf(features, coefficients, start, 1));
        if (renderFeatures && renderCoefficients) pairs.push(pairOf(renderFeatures, renderCoefficients, renderStart, options.renderWeight));
      },
      async close() {
        if (pairs.length === 0) return;
        const { heads, report } = solve(pairs, options, step);
        report.forEach((line) => log(line));
        writeFileAtomic(join(folder, 'heads.safetensors'), encodeSafetensors(heads));
        writeFileAtomic(join(folder, 'heads.txt'), `${report.join('\n')}\n`);
      },
    };
  },
});

function pairOf(features: HostTensor, coefficients: HostTensor, start: HostTensor | undefined, weight: number): Pair {
  const wanted = coefficients.data as Float32Array;
  return { weight, features: features.data as Float32Array, coefficients: start ? wanted.map((value, at) => value - start.data[at]!) : wanted };
}
