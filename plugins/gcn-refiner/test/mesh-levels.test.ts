import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SparseMatrix } from '../../../framework/device/index.js';
import { randomFor } from '../../../framework/index.js';
import { closestPointFinder } from '../host/closest-point.js';
import { decimate, type Mesh } from '../host/decimate.js';
import { meshLevels } from '../host/mesh-levels.js';
import { heightField } from './height-field.js';

const hills = heightField(24, 19, (x, y) => 0.4 * Math.sin(5 * x) * Math.cos(4 * y));

function multiply({ rows, rowPointers, columnIndices, values }: SparseMatrix, x: ArrayLike<number>): Float64Array {
  const y = new Float64Array(rows * 3);
  for (let row = 0; row < rows; row++) {
    for (let entry = rowPointers[row]!; entry < rowPointers[row + 1]!; entry++) {
      for (let axis = 0; axis < 3; axis++) y[3 * row + axis]! += values[entry]! * x[3 * columnIndices[entry]! + axis]!;
    }
  }
  return y;
}

test('each level keeps a quarter, rounded up', () => {
  const levels = meshLevels(hills, 3);
  assert.equal(levels.map(({ vertexCount }) => vertexCount), [456, 114, 29, 8]);
  assert.is(levels[3]!.unpool, undefined);
  assert.is(meshLevels(hills, 3), levels, 'remembered');
  for (const { laplacian } of levels) {
    for (let row = 0; row < laplacian.rows; row++) assert.ok(laplacian.rowPointers[row + 1]! > laplacian.rowPointers[row]!, 'a vertex without an edge');
  }
});

test('pooling selects vertices, unpooling averages them with weights that sum to 1', () => {
  for (const { pool, unpool } of meshLevels(hills, 3).slice(0, 3)) {
    assert.ok([...pool!.values].every((value) => value === 1) && new Set(pool!.columnIndices).size === pool!.rows);
    for (let row = 0; row < unpool!.rows; row++) {
      const weights = unpool!.values.slice(unpool!.rowPointers[row], unpool!.rowPointers[row + 1]);
      assert.ok(weights.length <= 3 && weights.every((weight) => weight >= 0));
      assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-6);
    }
    const kept = multiply(pool!, multiply(unpool!, Float32Array.from({ length: pool!.rows * 3 }, (_, index) => Math.sin(index))));
    kept.forEach((value, index) => assert.ok(Math.abs(value - Math.sin(index)) < 1e-6, 'a kept vertex gets its own value back'));
  }
});

test('unpooled positions lie near the fine mesh', () => {
  const [level] = meshLevels(hills, 3);
  const near = multiply(level!.unpool!, multiply(level!.pool!, hills.positions));
  const distances = Array.from({ length: 456 }, (_, vertex) => Math.hypot(...[0, 1, 2].map((axis) => near[3 * vertex + axis]! - hills.positions[3 * vertex + axis]!)));
  const mean = distances.reduce((sum, value) => sum + value, 0) / 456;
  assert.ok(mean < 0.02, `mean distance ${mean} of a unit square`);
});

test('decimation of a flat mesh loses nothing inside, and keeps the vertices where they were', () => {
  const flat = heightField(9, 9, () => 0);
  const { positions, kept, triangles } = decimate(flat, 21);
  assert.is(kept.length, 21);
  kept.forEach((vertex, index) => assert.equal([...positions.subarray(3 * index, 3 * index + 3)], [...flat.positions.subarray(3 * vertex, 3 * vertex + 3)]));
  assert.ok(triangles.every((vertex) => vertex >= 0 && vertex < 21));
  assert.throws(() => decimate(flat, 0), /cannot keep 0 of 81/);
});

test('no vertex is stranded, not even on a flap that hangs on one corner', () => {
  const sheet = heightField(6, 6, (x, y) => 0.1 * Math.sin(7 * x + 3 * y));
  const flap: Mesh = {
    positions: Float32Array.from([...sheet.positions, 1.2, 1.2, 0, 1.2, 1.3, 0]), triangles: Int32Array.from([...sheet.triangles, 35, 36, 37]),
  };
  for (const target of [20, 9, 2]) {
    const { kept, triangles } = decimate(flap, target);
    assert.is(new Set(triangles).size, kept.length);
    assert.ok(kept.length === target || (target === 2 && kept.length > 2), 'a mesh cannot have two vertices');
  }
});

test('decimation keeps a spike and removes the plain around it', () => {
  const spike = heightField(9, 9, (x, y) => (x === 0.5 && y === 0.5 ? 1 : 0));
  assert.ok(decimate(spike, 21).kept.includes(40));
});

test('the closest point is as near as a search over all triangles finds', () => {
  const mesh: Mesh = decimate(hills, 60);
  const find = closestPointFinder(mesh);
  const random = randomFor('closest point');
  for (let trial = 0; trial < 40; trial++) {
    const point = [random.between(-0.3, 1.3), random.between(-0.3, 1.3), random.between(-0.8, 0.8)] as const;
    const found = find(...point);
    const at = (weights: readonly number[], triangle: number): number[] => [0, 1, 2].map((axis) =>
      weights.reduce((sum, weight, corner) => sum + weight * mesh.positions[3 * mesh.triangles[3 * triangle + corner]! + axis]!, 0));
    const distance = (place: number[]): number => place.reduce((sum, value, axis) => sum + (value - point[axis]!) ** 2, 0);
    assert.ok(Math.abs(distance(at(found.weights, found.triangle)) - found.squaredDistance) < 1e-9);
    let best = Infinity;
    for (let triangle = 0; triangle < mesh.triangles.length / 3; triangle++) {
      for (let i = 0; i <= 24; i++) for (let j = 0; i + j <= 24; j++) best = Math.min(best, distance(at([i / 24, j / 24, 1 - (i + j) / 24], triangle)));
    }
    assert.ok(found.squaredDistance <= best + 1e-9, 'not the closest');
  }
});

test.run();
