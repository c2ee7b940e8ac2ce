/**
 * The graph decoder against numbers of another implementation in float64: `plugins/gcn-refiner/scripts/reference_networks.py` (numpy 2.4.6,
 * scipy 1.17.1), whose mesh levels are its own too.
 */
import { suite } from 'uvu';
import { tf } from '../../../framework/device/index.js';
import { close, onEngines, sineNoise } from '../../../framework/testing/index.js';
import { meshLevels, type MakeVariable } from '../../gcn-refiner/index.js';
import { graphDecoder } from '../networks/graph-decoder.js';
import { grid } from './hills.js';

const test = suite('reference decoder');
const check = onEngines(test);
const { meanShape, triangles } = grid(28, 27, (x, y) => 0.4 * Math.sin(5 * x + 1) * Math.cos(4 * y) + 0.05 * Math.sin(9 * x * y + 2));
const levels = meshLevels({ positions: meanShape, triangles }, 4);

/** Which seed, from the block's tens on, and which factor the script gives a variable. */
const kinds: Readonly<Record<string, readonly [number, number]>> = {
  'conv1/kernel': [0, 0.4], 'conv1/bias': [1, 0.1], 'conv2/kernel': [2, 0.4], 'conv2/bias': [3, 0.1], 'shortcut/kernel': [4, 0.4],
};
const given: MakeVariable = (name, shape) => {
  if (name.startsWith('fc/')) return (name === 'fc/kernel' ? sineNoise(6, shape, 0.4) : sineNoise(7, shape, 0.1)) as tf.Variable;
  const [, block, kind] = /^block(\d)\/(.*)$/.exec(name)!;
  const [seed, factor] = kinds[kind!]!;
  return sineNoise(10 * Number(block) + seed, shape, factor) as tf.Variable;
};

/** Rows 0, 200, 401 and 755, and the norm of all. */
function compare(widths: 'narrow' | 'wide', rows: readonly number[], norm: number): void {
  tf.tidy(() => {
    const output = graphDecoder(given, levels, { features: 9, coarse: 5, widths, terms: 4 })(sineNoise(5, [1, 9]));
    const scale = Math.max(...rows.map(Math.abs));
    close(tf.gather(tf.reshape(output, [756, 3]), [0, 200, 401, 755]), rows, { rtol: 1e-3, atol: 1e-3 * scale });
    close(tf.norm(output), [norm], { rtol: 2e-4 });
  });
}

check('narrow', () => compare('narrow', [
  2.64835, 2.74224, -0.98146, 4.25927, 5.78426, -2.49624, 4.00338, 5.38066, -2.42247, 1.96019, 2.07266, -0.40566,
], 168.0022));
check('wide', () => compare('wide', [
  -134.21907, 92.76857, 10.69419, -225.47915, 119.45846, -33.36003, -164.22183, 106.48082, -59.90431, 204.10379, 115.24121, -140.09125,
], 7498.287));

test.run();
