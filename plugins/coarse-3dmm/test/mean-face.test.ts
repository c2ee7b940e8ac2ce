/** What the mean face looks like: the outline, the shaven skin, the open mouth. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { projectVertices, rasterizeHost } from '../../rasterizer/index.js';
import { coefficientCount, coefficientGroup } from '../host/coefficients.js';
import { decodeHost } from '../host/decode-host.js';
import type { FaceModel } from '../host/face-model.js';
import { gridPlaces, makeGridPatch } from '../host/makehuman/grid-patch.js';
import { builtFace } from './built-face.js';

const size = 224;
const test = suite('mean face');
let face: FaceModel;
test.before(async () => void (face = await builtFace()));

const pointOf = (projected: Float64Array, point: number): [number, number] => {
  const { vertices, weights } = face.denseLandmarks;
  const mean = (axis: number): number =>
    [0, 1, 2].reduce((sum, corner) => sum + weights[point * 3 + corner]! * projected[vertices[point * 3 + corner]! * 3 + axis]!, 0);
  return [mean(0), mean(1)];
};
const lightnessOf = (point: number): number => {
  const vertex = face.denseLandmarks.vertices[point * 3]! * 3;
  return face.meanAlbedo.subarray(vertex, vertex + 3).reduce((sum, value) => sum + value / 3, 0);
};

test('seen from the front, the cheek points of the outline lie on the edge of the face, within 2 % of its width', () => {
  const vertices = Float64Array.from(face.meanShape);
  const projected = projectVertices(vertices, size);
  const { ids } = rasterizeHost(vertices, face.triangles, size);
  const edge = (row: number, fromRight: boolean): number => {
    const covered = Array.from({ length: size }, (_, column) => column).filter((column) => ids[row * size + column]! >= 0);
    return fromRight ? covered.at(-1)! + 1 : covered[0]!;
  };
  const width = pointOf(projected, 454)[0] - pointOf(projected, 234)[0];
  for (const [point, fromRight] of [[454, true], [323, true], [361, true], [234, false], [93, false], [132, false]] as const) {
    const [column, row] = pointOf(projected, point);
    const gap = Math.abs(edge(Math.floor(row), fromRight) - column) / width;
    assert.ok(gap < 0.02, `point ${point} is ${(100 * gap).toFixed(1)} % of the width from the edge`);
  }
});

test('no beard shows: the skin above the lip is no more than a tenth darker than the cheeks', () => {
  const cheek = (lightnessOf(50) + lightnessOf(280)) / 2;
  for (const point of [164, 165, 391, 92, 322]) assert.ok(lightnessOf(point) > 0.9 * cheek, `point ${point}: ${lightnessOf(point)} beside ${cheek}`);
});

test('an open mouth shows teeth under the upper lip and dark above the lower one', () => {
  const opening = (sign: number): { gap: number; coefficients: Float32Array } => {
    const coefficients = new Float32Array(coefficientCount);
    coefficientGroup(coefficients, 'expression')[0] = sign;
    const projected = projectVertices(decodeHost(face, coefficients).vertices, size);
    return { gap: pointOf(projected, 14)[1] - pointOf(projected, 13)[1], coefficients };
  };
  const open = [opening(2), opening(-2)].sort((a, b) => b.gap - a.gap)[0]!;
  assert.ok(open.gap > 8, `the lips are ${open.gap} px apart`);
  const { vertices } = decodeHost(face, open.coefficients);
  const projected = projectVertices(vertices, size);
  const [column, top] = pointOf(projected, 13);
  const { ids, barycentrics } = rasterizeHost(vertices, face.triangles, size);
  const lightness = (share: number): number => {
    const pixel = Math.floor(top + share * open.gap) * size + Math.floor(column);
    return [0, 1, 2].reduce((sum, corner) => {
      const vertex = face.triangles[ids[pixel]! * 3 + corner]! * 3;
      return sum + (barycentrics[pixel * 3 + corner]! * (face.meanAlbedo[vertex]! + face.meanAlbedo[vertex + 1]! + face.meanAlbedo[vertex + 2]!)) / 3;
    }, 0);
  };
  assert.ok(lightness(0.25) > 1.5 * lightness(0.85), `${lightness(0.25)} over ${lightness(0.85)}`);
});

test('places in a grid run along the border and through the inside', () => {
  const places = gridPlaces(makeGridPatch(Array.from({ length: 10 }, (_, index) => 20 + index), 3, 2, 40));
  const expected: Record<number, readonly number[]> = {
    20: [0, 0], 21: [1 / 3, 0], 23: [1, 0], 24: [1, 0.5], 25: [1, 1], 26: [2 / 3, 1], 28: [0, 1], 29: [0, 0.5], 40: [1 / 3, 0.5], 41: [2 / 3, 0.5],
  };
  assert.is(places.size, 12);
  for (const [vertex, place] of Object.entries(expected)) assert.equal(places.get(Number(vertex)), place, vertex);
});

test.run();
