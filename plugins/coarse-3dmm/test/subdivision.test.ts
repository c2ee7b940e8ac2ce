import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { close } from '../../../framework/testing/index.js';
import { makeControlMesh } from '../host/makehuman/control-mesh.js';
import { makeGridPatch } from '../host/makehuman/grid-patch.js';
import { readBaseMesh } from '../host/makehuman/makehuman-files.js';
import { applyRows, subdivide, type QuadMesh } from '../host/makehuman/subdivision.js';
import { locateOnLevel, surfacePointOf, trianglesOf, type SurfacePoint } from '../host/makehuman/surface-points.js';

const cube: QuadMesh = { vertexCount: 8, quads: Int32Array.of(0, 1, 3, 2, 4, 6, 7, 5, 0, 4, 5, 1, 2, 3, 7, 6, 0, 2, 6, 4, 1, 5, 7, 3) };
const corners = Float64Array.from({ length: 24 }, (_, at) => ((Math.floor(at / 3) >> (at % 3)) & 1) * 2 - 1);

test('a cube gives Catmull and Clark\'s numbers: corners at 5/9, edge points at 3/4, face points at 1', () => {
  const { mesh, smooth, linear } = subdivide(cube);
  assert.equal([mesh.vertexCount, mesh.quads.length / 4], [26, 24]);
  const positions = applyRows(smooth, corners, 3).map(Math.abs);
  close(positions.subarray(0, 24), new Float64Array(24).fill(5 / 9));
  for (let edge = 8; edge < 20; edge++) close([...positions.subarray(edge * 3, edge * 3 + 3)].sort(), [0, 0.75, 0.75]);
  for (let quad = 20; quad < 26; quad++) close([...positions.subarray(quad * 3, quad * 3 + 3)].sort(), [0, 0, 1]);
  close(applyRows(linear, corners, 3).subarray(0, 24), corners);
});

test('rows sum to one, so a constant field stays constant', () => {
  const { smooth, linear } = subdivide(subdivide(cube).mesh);
  for (const matrix of [smooth, linear]) close(applyRows(matrix, new Float64Array(26).fill(3), 1), new Float64Array(matrix.rows).fill(3));
});

test('the border of an open mesh is subdivided by itself', () => {
  const { smooth } = subdivide({ vertexCount: 4, quads: Int32Array.of(0, 1, 2, 3) });
  const square = applyRows(smooth, Float64Array.of(-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0), 3);
  close(square.subarray(0, 6), [-0.75, -0.75, 0, 0.75, -0.75, 0]);
  close(square.subarray(24, 27), [0, 0, 0]);
});

test('a patch closes a loop of a plane inside the plane, without folding', () => {
  const loop = Array.from({ length: 14 }, (_, step) => [Math.cos((step * Math.PI) / 7), Math.sin((step * Math.PI) / 7)]);
  const patch = makeGridPatch([...loop.keys()], 4, 3, 14);
  const inner = patch.weights.map((weights) => [0, 1].map((axis) => weights.reduce((sum, weight, k) => sum + weight * loop[k]![axis]!, 0)));
  const all = [...loop, ...inner];
  assert.is(all.length, 5 * 4);
  for (let quad = 0; quad < patch.quads.length; quad += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((corner) => all[patch.quads[quad + corner]!]!) as [number[], number[], number[], number[]];
    assert.ok((c[0]! - a[0]!) * (d[1]! - b[1]!) - (c[1]! - a[1]!) * (d[0]! - b[0]!) > 0, `quad ${quad / 4} keeps its winding`);
  }
  assert.throws(() => makeGridPatch([0, 1, 2], 4, 3, 3), /needs a loop of 14 vertices, got 3/);
});

test('a place on the surface lies at the same point at every level, and can be taken back', () => {
  const control = makeControlMesh(readBaseMesh());
  const first = subdivide(control);
  const second = subdivide(first.mesh);
  const field = Float64Array.from({ length: control.vertexCount }, (_, vertex) => Math.sin(vertex));
  const finer = applyRows(second.linear, applyRows(first.linear, field, 1), 1);
  for (const [index, u, v] of [[5, 0.25, 0.75], [100, 0, 0], [900, 0.5, 0.25], [2000, 1, 0.75]] as const) {
    const point: SurfacePoint = [control.quadNames[index]!, u, v];
    const place = locateOnLevel(control, second.mesh, 2, point);
    const [a, b, c, d] = [0, 1, 2, 3].map((corner) => field[control.quads[index * 4 + corner]!]!) as [number, number, number, number];
    const expected = a * (1 - u) * (1 - v) + b * u * (1 - v) + c * u * v + d * (1 - u) * v;
    close(place.vertices.reduce((sum, vertex, corner) => sum + place.weights[corner]! * finer[vertex]!, 0), expected, { atol: 1e-9 });
    const once = locateOnLevel(control, first.mesh, 1, point);
    const triangles = trianglesOf(first.mesh.quads);
    const triangle = Array.from({ length: triangles.length / 3 }, (_, at) => at).find((at) => once.vertices.every((vertex, corner) => triangles[at * 3 + corner] === vertex))!;
    close(surfacePointOf(control, triangle, once.weights), point);
  }
});

test.run();
