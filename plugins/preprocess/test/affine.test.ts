import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { close } from '../../../framework/testing/index.js';
import { applyAffine, composeAffine, invertAffine, mapPoints, scaleOf, squareToPicture, type Affine, type Point } from '../host/affine.js';

const maps: Affine[] = [[1, 0, 0, 0, 1, 0], [0.3, -0.1, 40, 0.1, 0.3, -7], [-2, 0.5, 1, 0.25, 3, 900], squareToPicture([700, 20], 333, 2.1, 112)];
const points: Point[] = [[0, 0], [0.5, 0.5], [1919.5, 3.25], [-40, 1e4]];

test('the inverse undoes the map', () => {
  for (const map of maps) {
    for (const point of points) close([...applyAffine(invertAffine(map), applyAffine(map, point))], [...point], { rtol: 1e-12, atol: 1e-9 });
  }
  assert.throws(() => invertAffine([1, 2, 3, 2, 4, 5]), /singular/);
});

test('composition applies the second argument first', () => {
  for (const [first, then] of [[maps[1], maps[2]], [maps[3], maps[1]]]) {
    for (const point of points) close([...applyAffine(composeAffine(then, first), point)], [...applyAffine(then, applyAffine(first, point))], { rtol: 1e-12, atol: 1e-9 });
  }
});

test('convention: pixel centres are at + 0.5, y points down, roll is clockwise on the screen', () => {
  // A square of 4 photo pixels onto a picture of 8: its corners land on the picture's corners.
  const map = squareToPicture([10, 20], 4, 0, 8);
  assert.equal(applyAffine(map, [8, 18]), [0, 0]);
  assert.equal(applyAffine(map, [12, 22]), [8, 8]);
  assert.equal(applyAffine(map, [8.5, 18.5]), [1, 1], 'the centre of the first photo pixel is between four picture pixels');
  // A face whose x axis points down the screen (a quarter turn clockwise): a point below the centre lands to the right.
  close([...applyAffine(squareToPicture([10, 20], 4, Math.PI / 2, 8), [10, 22])], [8, 4], { atol: 1e-12 });
  assert.is(scaleOf(map), 2);
});

test('points are mapped one by one', () => {
  close(mapPoints(maps[2], Float32Array.from([1, 2, 3, 4])), [...applyAffine(maps[2], [1, 2]), ...applyAffine(maps[2], [3, 4])]);
});

test.run();
