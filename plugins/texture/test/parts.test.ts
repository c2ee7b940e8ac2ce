/** Unfolding, filling and the mask's depth, each against what must hold of it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fill } from '../host/fill.js';
import { insideDistance } from '../host/inside-distance.js';
import { outlines } from '../host/outlines.js';
import { sampleInto, shrunk } from '../host/sample.js';
import { unfold } from '../host/unfold.js';
import { face, vertexCount } from './bumpy-face.js';

const even = new Float64Array(vertexCount).fill(1);

/** Signed areas of the triangles in the texture. */
function areas(uvs: Float32Array): number[] {
  return Array.from({ length: face.triangles.length / 3 }, (_, triangle) => {
    const [a, b, c] = [0, 1, 2].map((corner) => face.triangles[triangle * 3 + corner]! * 2) as [number, number, number];
    return ((uvs[b]! - uvs[a]!) * (uvs[c + 1]! - uvs[a + 1]!) - (uvs[c]! - uvs[a]!) * (uvs[b + 1]! - uvs[a + 1]!)) / 2;
  });
}

test('a face unfolds without folds, upright, into the whole square', () => {
  const uvs = unfold(face.meanShape, face.triangles, even)!;
  const all = areas(uvs);
  assert.ok(all.every((area) => area > 0), `${all.filter((area) => area <= 0).length} triangles are turned over`);
  assert.ok(all.reduce((sum, area) => sum + area, 0) > 0.85, 'much of the texture is left over');
  assert.ok(uvs.every((value) => value >= 0 && value <= 1));
  const [low, high] = [24, vertexCount - 25];
  assert.ok(uvs[high * 2 + 1]! > uvs[low * 2 + 1]! + 0.7, 'up is not up');
});

test('both sides of a face that is alike on both sides get nearly such places (the cells are all cut along one diagonal)', () => {
  const uvs = unfold(face.meanShape, face.triangles, even)!;
  const off = Math.max(...Array.from(face.mirror, (other, vertex) => Math.hypot(uvs[vertex * 2]! - (1 - uvs[other * 2]!), uvs[vertex * 2 + 1]! - uvs[other * 2 + 1]!)));
  assert.ok(off < 0.05, `a place is ${off} off its mirror image`);
});

test('what is to be dense gets more texels', () => {
  const dense = Float64Array.from(even, (_, vertex) => (Math.hypot(face.meanShape[vertex * 3]!, face.meanShape[vertex * 3 + 1]!) < 0.25 ? 2 : 1));
  const share = (density: Float64Array): number => areas(unfold(face.meanShape, face.triangles, density)!)
    .reduce((sum, area, triangle) => sum + (dense[face.triangles[triangle * 3]!]! > 1 ? area : 0), 0);
  assert.ok(share(dense) > 1.4 * share(even), `${share(dense)} against ${share(even)}`);
});

test('a mesh with a hole, or of two pieces, is no disc', () => {
  const holed = face.triangles.filter((_, at) => Math.floor(at / 6) !== 1000);
  assert.is(outlines(holed)!.length, 2);
  assert.is(unfold(face.meanShape, holed, even), null);
  const apart = Int32Array.of(0, 1, 2, 3, 4, 5);
  assert.is(unfold(face.meanShape.subarray(0, 18), apart, even), null);
});

test('filling keeps what is known, meets it without a step, and gives the mean of one known value everywhere', () => {
  const size = 32;
  const weights = Float32Array.from({ length: size * size }, (_, at) => (at % size < 10 ? 1 : 0));
  const values = Float32Array.from({ length: size * size }, (_, at) => (at % size < 10 ? 0.2 + 0.02 * Math.floor(at / size) : 99));
  const known = values.slice();
  fill(values, weights, size, 1, 0);
  weights.forEach((weight, at) => weight === 1 && assert.is(values[at], known[at]));
  assert.ok(values.every((value) => value >= 0.19 && value <= 0.83), 'beyond all that is known');
  const single = new Float32Array(size * size).fill(5);
  fill(single, Float32Array.from(single, (_, at) => (at === 100 ? 1 : 0)).map((value) => value), size, 1, 0);
  assert.ok(single.every((value) => Math.abs(value - 5) < 1e-4), 'the only known value is not everywhere');
});

test('with a prior, what is far from all that is known goes to zero', () => {
  const size = 64;
  const values = new Float32Array(size * size).fill(1);
  fill(values, Float32Array.from(values, (_, at) => (at % size < 4 ? 1 : 0)), size, 1, 0.05);
  assert.ok(values[size - 1]! < 0.9 * values[6]! && values[size - 1]! > 0, `${values[6]} near, ${values[size - 1]} far`);
});

test('the depth inside a mask grows by one a pixel, and diagonals count', () => {
  const size = 9;
  const depth = insideDistance(new Float32Array(size * size).fill(1), size);
  assert.is(depth[4 * size + 4], 5);
  assert.is(depth[0], 1);
  const point = new Float32Array(size * size).fill(1);
  point[4 * size + 4] = 0;
  assert.ok(Math.abs(insideDistance(point, size)[3 * size + 3]! - Math.SQRT2) < 1e-6);
});

test('pictures are read at continuous places, and shrunk by means', () => {
  const picture = { width: 4, height: 2, channels: 1, data: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7) };
  const at = (x: number, y: number): number => {
    const into = new Float32Array(1);
    sampleInto(picture, x, y, into, 0);
    return into[0]!;
  };
  assert.equal([at(0.5, 0.5), at(1, 0.5), at(2, 1), at(-9, -9), at(99, 99)], [0, 0.5, 3.5, 0, 7]);
  assert.equal(Array.from(shrunk(picture, 2).data), [2.5, 4.5]);
});

test.run();
