import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { close } from '../../../framework/testing/index.js';
import { applyAffine, type Point } from '../host/affine.js';
import { alignmentOf, fivePointsOf, orthographicPose, standardPoints } from '../host/alignment.js';

/**
 * Deep3D's own numbers, measured on its example photos by following `preprocess_img.py`: size, t (y up, pixel centres at whole
 * numbers), s, s', resized size, corner of the crop, and where the first of the five points lands (y up).
 */
const golden = [
  { size: [423, 594], t: [196.6142, 355.0627], s: 139.8459, scale: 0.729374, resized: [308, 433], corner: [31, 62], first: [73.041, 134.558] },
  { size: [900, 1354], t: [400.7275, 728.3272], s: 456.5738, scale: 0.223403, resized: [201, 302], corner: [-22, 27], first: [86.09, 140.862] },
  { size: [321, 341], t: [154.6408, 188.4666], s: 101.9731, scale: 1.000263, resized: [321, 341], corner: [42, 40], first: [80.513, 146.007] },
] as const;

/** Continuous coordinates, y down, of a point that Deep3D gives with y up and pixel centres at whole numbers. */
function fromDeep3d([x, y]: Point, height: number): Point {
  return [x + 0.5, height - 1 - y + 0.5];
}

/** The vector that least squares over the five standard points cannot see: orthogonal to X, Y, Z and 1. */
function invisible(): number[] {
  const rows = standardPoints.map((point) => [...point, 1]);
  const minor = (skip: number): number => {
    const m = rows.filter((_, index) => index !== skip).map((row) => [...row]);
    let determinant = 1;
    for (let pivot = 0; pivot < 4; pivot++) {
      const best = m.findIndex((row, index) => index >= pivot && Math.abs(row[pivot]) > 1e-9);
      if (best !== pivot) [m[pivot], m[best], determinant] = [m[best], m[pivot], -determinant];
      determinant *= m[pivot][pivot];
      for (let row = pivot + 1; row < 4; row++) {
        const factor = m[row][pivot] / m[pivot][pivot];
        m[row] = m[row].map((value, column) => value - factor * m[pivot][column]);
      }
    }
    return determinant;
  };
  return rows.map((_, index) => (index % 2 === 0 ? 1 : -1) * minor(index));
}

for (const { size: [width, height], t, s, scale, resized, corner, first } of golden) {
  test(`convention: Deep3D's alignment of a photo of ${width} × ${height}`, () => {
    // Five points with exactly this t and s (a face turned by known angles), shifted by what least squares cannot see until the first
    // one lands where Deep3D's does.
    const fit = invisible();
    const place = (k: 0 | 1): number => (first[k] + (resized[k] / 2 - 112)) / scale - [width, height][k] / 2 + t[k];
    const cos = Math.cos(0.3);
    const sin = Math.sin(0.3);
    const projected = standardPoints.map(([x, y, z]): Point => [s * (cos * x + sin * z) + t[0], s * y + t[1]]);
    const shift = [0, 1].map((axis) => (place(axis as 0 | 1) - projected[0][axis]) / fit[0]);
    const points = projected.map(([x, y], index): Point => fromDeep3d([x + shift[0] * fit[index], y + shift[1] * fit[index]], height));

    const pose = orthographicPose(points);
    close([pose.scale], [s], { rtol: 1e-6 });
    close([...pose.origin], [...fromDeep3d([t[0], t[1]], height)], { rtol: 1e-6 });
    const map = alignmentOf(pose, 224, false);
    close([map[0], map[4]], [scale, scale], { atol: 1e-6 });
    assert.equal([map[1], map[3]], [0, 0], 'the photo is never turned');
    assert.equal([Math.trunc(width * map[0]), Math.trunc(height * map[4])], [...resized]);
    // Deep3D cuts at whole pixels (less than 1 px) and counts pixel centres from 0 (half a pixel); ours is the same to that rounding.
    assert.ok(Math.abs(-map[2] - corner[0]) <= 1.5 && Math.abs(-map[5] - corner[1]) <= 1.5, `corner at ${-map[2]}, ${-map[5]}`);
    const [x, y] = applyAffine(map, points[0]);
    assert.ok(Math.abs(x - first[0]) < 1.5 && Math.abs(224 - y - first[1]) < 1.5, `first point at ${x}, ${224 - y}`);
  });
}

test('the crop is the same at every size, and upright turns the face\'s x axis level', () => {
  const turned = (angle: number): Point[] => standardPoints.map(([x, y]) => [
    300 + 90 * (Math.cos(angle) * x + Math.sin(angle) * y), 200 + 90 * (Math.sin(angle) * x - Math.cos(angle) * y),
  ]);
  const small = alignmentOf(orthographicPose(turned(0.4)), 112, false);
  close([...alignmentOf(orthographicPose(turned(0.4)), 224, false)], small.map((value) => 2 * value), { rtol: 1e-12 });
  for (const angle of [0, 0.4, -1.2, 3]) {
    const points = turned(angle);
    const pose = orthographicPose(points);
    close([Math.cos(pose.roll), Math.sin(pose.roll)], [Math.cos(angle), Math.sin(angle)], { atol: 1e-9 });
    const map = alignmentOf(pose, 112, true);
    const mapped = points.map((point) => applyAffine(map, point));
    const expected = standardPoints.map(([x, y]): Point => [56 + 51 * x, 56 - 51 * y]);
    close(mapped.flat(), expected.flat(), { atol: 1e-6 });
  }
});

test('the five points are eye centres, nose tip and corners of the mouth', () => {
  const landmarks = Float32Array.from({ length: 136 }, (_, index) => index);
  assert.equal(fivePointsOf(landmarks), [[75, 76], [87, 88], [60, 61], [96, 97], [108, 109]]);
});

test('points that cannot be aligned are refused', () => {
  assert.throws(() => orthographicPose([[1, 2]]), /five/);
  assert.throws(() => orthographicPose([[NaN, 2], [1, 1], [1, 1], [1, 1], [1, 1]]), /finite/);
  assert.throws(() => orthographicPose([[1, 1], [1, 1], [1, 1], [1, 1], [1, 1]]), /coincide/);
});

test('angles are those of R = Rz·Ry·Rx with y up', () => {
  const [pitch, yaw, roll] = [0.2, -0.5, 0.3];
  const [cx, sx, cy, sy, cz, sz] = [Math.cos(pitch), Math.sin(pitch), Math.cos(yaw), Math.sin(yaw), Math.cos(roll), Math.sin(roll)];
  const rows = [[cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx], [sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx]];
  const points = standardPoints.map((point): [number, number] => {
    const [x, y] = rows.map((row) => row.reduce((sum, value, axis) => sum + value * point[axis], 0));
    return [100 + 50 * x, 80 - 50 * y];
  });
  close(orthographicPose(points).angles, [pitch, yaw, roll], { atol: 1e-6 });
});

test.run();
