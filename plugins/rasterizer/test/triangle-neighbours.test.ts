import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { triangleNeighbours } from '../host/triangle-neighbours.js';
import { cube, dome } from './meshes.js';

test('two triangles that share an edge name each other at it; rims name nobody', () => {
  assert.equal([...triangleNeighbours(Int32Array.of(0, 1, 2, 2, 1, 3))], [-1, 1, -1, 0, -1, -1]);
});

test('where three triangles meet, and at an edge that a triangle has twice, nobody is named', () => {
  assert.equal([...triangleNeighbours(Int32Array.of(0, 1, 2, 1, 0, 3, 0, 1, 4))], new Array(9).fill(-1));
});

test('neighbours are mutual; a closed surface has no rim, and a grid has one edge a rim vertex', () => {
  for (const [mesh, rim] of [[cube(1, 0, 0), 0], [dome(6, 5), 2 * (5 + 4)]] as const) {
    const neighbours = triangleNeighbours(mesh.triangles);
    assert.is(neighbours.filter((other) => other < 0).length, rim);
    neighbours.forEach((other, slot) => {
      if (other >= 0) assert.ok([0, 1, 2].some((k) => neighbours[other * 3 + k] === Math.floor(slot / 3)));
    });
  }
});

test.run();
