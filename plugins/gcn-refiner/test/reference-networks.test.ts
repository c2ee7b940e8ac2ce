/**
 * Mesh levels and whole networks against numbers of another implementation, `scripts/reference_networks.py` (numpy 2.4.6, scipy 1.17.1),
 * which costs every edge anew at each collapse, searches all triangles for the closest point, and multiplies in float64.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sparseMatMul, tf, type Tensor } from '../../../framework/device/index.js';
import { close, onEngines, sineNoise } from '../../../framework/testing/index.js';
import { meshLevels } from '../host/mesh-levels.js';
import { meshRefiner } from '../networks/mesh-refiner.js';
import type { MakeVariable } from '../networks/residual-block.js';
import { heightField } from './height-field.js';

const test = suite('reference networks');
const check = onEngines(test);

const hills = heightField(28, 27, (x, y) => 0.4 * Math.sin(5 * x + 1) * Math.cos(4 * y) + 0.05 * Math.sin(9 * x * y + 2));
const levels = meshLevels(hills, 4);

/** Which seed, from the block's tens on, and which factor the script gives a variable. */
const kinds: Readonly<Record<string, readonly [number, number]>> = {
  'conv1/kernel': [0, 0.4], 'conv1/bias': [1, 0.1], 'conv2/kernel': [2, 0.4], 'conv2/bias': [3, 0.1], 'shortcut/kernel': [4, 0.4],
};
const given: MakeVariable = (name, shape) => {
  const [, block, kind] = /^block(\d)\/(.*)$/.exec(name)!;
  const [seed, factor] = kinds[kind!]!;
  return sineNoise(10 * Number(block) + seed, shape, factor) as tf.Variable;
};

const shown = [0, 200, 401, 755];
function compare(output: Tensor, rows: readonly number[], norm: number): void {
  const picked = tf.gather(tf.reshape(output, [756, 3]), shown);
  const scale = Math.max(...rows.map(Math.abs));
  close(picked, rows, { rtol: 1e-3, atol: 1e-3 * scale });
  close(tf.norm(output), [norm], { rtol: 2e-4 });
}

test('quadric levels: the vertices that are kept, and where unpooling puts them', () => {
  const kept = levels.slice(0, 4).map(({ pool }) => [...pool!.columnIndices]);
  assert.equal(kept.slice(2), [[5, 8, 13, 17, 20, 21, 25, 29, 31, 35, 38, 41], [3, 4, 9]]);
  assert.equal(kept.map((vertices) => vertices.reduce((sum, vertex, place) => sum + vertex * (place + 1), 0)), [9244317, 143566, 2300, 38]);
});

check('unpooled coordinates', () => tf.tidy(() => {
  let coordinates: Tensor = tf.tensor(hills.positions, [1, 756, 3]);
  const sums = levels.slice(0, 4).map(({ pool, unpool }) => {
    coordinates = sparseMatMul(pool!, coordinates);
    return tf.sum(tf.abs(sparseMatMul(unpool!, coordinates))).dataSync()[0]!;
  });
  close(sums, [909.781235, 238.355042, 60.840408, 13.726006], { rtol: 1e-5 });
}));

const refined = (widths: 'narrow' | 'wide', pooled: boolean): Tensor => meshRefiner(given, levels, { widths, terms: 4, pooled })(tf.add(sineNoise(77, [1, 756, 3], 0.4), 0.5));

check('refiner of four blocks, narrow', () => tf.tidy(() => compare(refined('narrow', false), [
  0.99095, -1.26753, 0.6294, -0.63273, -0.17014, 1.52714, -2.14142, 0.87374, -0.59942, -0.34462, 0.19088, -1.02849,
], 54.9986)));
check('refiner of four blocks, wide', () => tf.tidy(() => compare(refined('wide', false), [
  27.19945, 77.05666, -31.24089, 67.8424, 161.3841, -64.62288, 48.7065, 130.72588, -42.9962, 65.30787, 105.44478, -41.46819,
], 4116.5115)));
check('refiner with its inner blocks at a quarter of the vertices', () => tf.tidy(() => compare(refined('narrow', true), [
  0.53027, 0.99335, 1.02056, -0.21819, -1.70879, 1.37487, -1.71268, -0.0679, 0.05484, -2.01083, -2.66785, 0.34921,
], 56.5973)));

check('a mesh whose vertices are listed in another order gives the same colours in that order', () => tf.tidy(() => {
  // Levels are taken over too: the order decides ties of the reduction, not what a network computes on given levels.
  const order = Array.from({ length: 756 }, (_, index) => (index * 317) % 756);
  const place = Int32Array.from(order, (_, vertex) => order.indexOf(vertex));
  const moved = { positions: Float32Array.from(order.flatMap((vertex) => [...hills.positions.subarray(3 * vertex, 3 * vertex + 3)])), triangles: hills.triangles.map((vertex) => place[vertex]!) };
  const albedo = tf.add(sineNoise(77, [1, 756, 3], 0.4), 0.5);
  const options = { widths: 'narrow', terms: 4, pooled: false } as const;
  const here = meshRefiner(given, levels, options)(albedo);
  const there = meshRefiner(given, meshLevels(moved, 0), options)(tf.gather(albedo, order, 1));
  close(there, tf.gather(here, order, 1), { rtol: 1e-3, atol: 1e-3 });
}));

test.run();
