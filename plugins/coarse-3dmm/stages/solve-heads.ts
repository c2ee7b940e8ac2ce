import { join } from 'node:path';
import { encodeSafetensors, FlowError, implementSink, writeFileAtomic, type HostTensor } from '../../../framework/index.js';
import { solveHeads as solve, type Pair } from '../host/learn/solve-heads.js';
import { solveHeads } from '../plugin.js';

export const stage = implementSink(solveHeads, {
  async create({ options, folder, log, stage: who }) {
    const samples: Pair[][] = [];
    let step = false;
    return {
      async write({ features, coefficients, start, otherFeatures, otherCoefficients, otherStart }) {
        step = start !== undefined;
        if (otherFeatures && step !== (otherStart !== undefined)) {
          throw new FlowError('FLOW_EDGE', { who, message: 'the two pictures of a sample are not asked for the same', expected: '`start` and `otherStart`, or neither' });
        }
        const pairs = [pairOf(features, coefficients, start, 1)];
        samples.push(pairs);
        if (otherFeatures && otherCoefficients) pairs.push(pairOf(otherFeatures, otherCoefficients, otherStart, options.otherWeight));
      },
      async close() {
        if (samples.length === 0) return;
        const { heads, report } = solve(samples, options, step);
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
