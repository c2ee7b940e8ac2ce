import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tf, type Tensor } from '../../../framework/device/index.js';
import { testOperator } from '../../../framework/testing/index.js';
import { deep3dCamera } from '../host/camera.js';
import { rasterizeHost } from '../host/render.js';
import { visibility } from '../maths/visibility.js';
import { cube, dome, soup, type TestMesh } from './meshes.js';
import { referenceRender } from './reference-renderer.js';

const idsOf = (mesh: TestMesh, size: number): number[] => Array.from(rasterizeHost(mesh.vertices, mesh.triangles, size).ids);
const referenceIds = ({ vertices, triangles }: TestMesh, size: number): number[] => {
  const blank = new Float64Array(vertices.length);
  return referenceRender({ vertices, triangles, albedo: blank, light: new Float64Array(27) }, size).ids;
};
const meshOf = (vertices: number[], triangles?: number[]): TestMesh => ({
  vertices: Float32Array.from(vertices),
  triangles: Int32Array.from(triangles ?? Array.from({ length: vertices.length / 3 }, (_, index) => index)),
});
/** World x or y, at z = 0, of a distance in pixels from the middle of an image of 8 px. */
const dm = (pixels: number): number => (pixels * 10) / (deep3dCamera.focal * 8);
/** One pixel a dm at z = 0 in an image of 8 px, without rounding: borders can lie exactly on pixel centres. */
const exactCamera = { focal: 1, distance: 8 };
const picture = (ids: readonly number[], size: number): string[] =>
  Array.from({ length: size }, (_, row) => ids.slice(row * size, (row + 1) * size).map((id) => (id < 0 ? '.' : String(id))).join(''));

const test = suite('visibility: host loop');

test('a simple triangle: centres that lie exactly on its borders are inside', () => {
  const { vertices, triangles } = meshOf([-3.5, 3.5, 0, -3.5, -3.5, 0, 3.5, -3.5, 0]);
  const { ids } = rasterizeHost(vertices, triangles, 8, exactCamera);
  assert.equal(picture(Array.from(ids), 8), ['0.......', '00......', '000.....', '0000....', '00000...', '000000..', '0000000.', '00000000']);
});

test('the winding does not matter: both sides are drawn', () => {
  const front = [dm(-3), dm(-3), 0, dm(3), dm(-3), 0, dm(0), dm(3), 0];
  assert.equal(idsOf(meshOf(front, [0, 1, 2]), 8), idsOf(meshOf(front, [2, 1, 0]), 8));
});

test('ties: at equal depth the first triangle in the list wins, on a shared border too', () => {
  const square = meshOf([-3.5, -3.5, 0, 3.5, -3.5, 0, 3.5, 3.5, 0, -3.5, 3.5, 0], [0, 1, 2, 0, 2, 3, 0, 1, 2]);
  const { ids } = rasterizeHost(square.vertices, square.triangles, 8, exactCamera);
  assert.equal(picture(Array.from(ids), 8), ['11111110', '11111100', '11111000', '11110000', '11100000', '11000000', '10000000', '00000000']);
});

test('a triangle in front hides one behind, whatever their order', () => {
  const at = (z: number): number[] => [-1, -1, z, 1, -1, z, 0, 1, z];
  assert.equal(new Set(idsOf(meshOf([...at(0), ...at(1)]), 8)), new Set([-1, 1]));
  assert.equal(new Set(idsOf(meshOf([...at(1), ...at(0)]), 8)), new Set([-1, 0]));
});

test('a cube shows the same faces as the oracle, from two views', () => {
  for (const [yaw, pitch] of [[0.6, 0.4], [-1.9, -0.7]] as const) {
    const box = cube(0.55, yaw, pitch);
    assert.equal(idsOf(box, 21), referenceIds(box, 21));
  }
});

test('inside a box the far walls fill the image', () => {
  const box = cube(20, 0.3, 0.2);
  const ids = idsOf(box, 16);
  assert.ok(ids.every((id) => id >= 0));
  assert.equal(ids, referenceIds(box, 16));
});

test('a dome and triangle soups, many of them partly outside, agree with the oracle', () => {
  for (const mesh of [dome(9, 7), soup(40, 1), soup(80, 2), soup(40, 3)]) {
    assert.equal(idsOf(mesh, 33), referenceIds(mesh, 33));
  }
});

test('a fan around a pixel centre leaves no gap between its triangles', () => {
  const rim = Array.from({ length: 12 }, (_, k) => [Math.cos((k * Math.PI) / 6), Math.sin((k * Math.PI) / 6), 0.1 * (k % 3)]).flat();
  const triangles = Array.from({ length: 12 }, (_, k) => [0, 1 + k, 1 + ((k + 1) % 12)]).flat();
  for (const centre of [[dm(0.5), dm(0.5)], [dm(0), dm(0)], [dm(1.5), dm(-0.5)]]) {
    const ids = idsOf(meshOf([...centre, 0, ...rim.map((value, index) => (index % 3 < 2 ? value * 0.6 : value))], triangles), 8);
    const rows = picture(ids, 8).map((line) => line.replace(/[^.]/g, '#'));
    assert.ok(rows.every((line) => /^\.*#*\.*$/.test(line)), rows.join('\n'));
    assert.ok(rows[3]!.includes('##') && rows[4]!.includes('##'));
  }
});

test('behind the camera, without area, not finite, out of the image: nothing is drawn and nothing fails', () => {
  const good = [-1, -1, 0, 1, -1, 0, 0, 1, 0];
  const bad: Record<string, number[]> = {
    behind: [-1, -1, 11, 1, -1, 11, 0, 1, 11],
    'in the plane of the camera': [-1, -1, 10, 1, -1, 10, 0, 1, 10],
    'without area': [-1, -1, 1, 0, 0, 1, 1, 1, 1],
    'one point': [0, 0, 1, 0, 0, 1, 0, 0, 1],
    NaN: [-1, -1, 1, NaN, -1, 1, 0, 1, 1],
    infinite: [-1, -1, 1, 1, Infinity, 1, 0, 1, 1],
    'infinitely near': [-1, -1, 1, 1, -1, Infinity, 0, 1, 1],
    'above the image': [-1, 90, 1, 1, 90, 1, 0, 95, 1],
    'left of the image': [-1e6, 0, 1, -1e6, 1, 1, -2e6, 0, 1],
    'far beyond the integers': [1e12, 0, 1, 3e12, 1, 1, 2e12, 2e12, 1],
  };
  const expected = idsOf(meshOf(good), 16);
  for (const [name, triangle] of Object.entries(bad)) assert.equal(idsOf(meshOf([...good, ...triangle]), 16), expected, name);
});

test('a triangle that reaches behind the camera is drawn where it lies in front', () => {
  const floor = meshOf([-3, -0.4, 0, 3, -0.4, 0, 0, -0.4, 30]);
  const ids = idsOf(floor, 24);
  assert.equal(ids, referenceIds(floor, 24));
  assert.ok(ids.includes(0) && ids.includes(-1));
});

test('a triangle that names a missing vertex is refused', () => {
  assert.throws(() => rasterizeHost(new Float32Array(9), Int32Array.of(0, 1, 3), 8), /triangle 0 names vertex 3, but there are 3 vertices/);
});

test.run();

const size = 19;
const view = { size, camera: deep3dCamera };
const meshes = [dome(5, 6, 1), dome(5, 6, 2)] as const;
const batchOf = (...chosen: TestMesh[]): [Tensor, Tensor] => [
  tf.tensor(chosen.flatMap((mesh) => Array.from(mesh.vertices)), [chosen.length, 30, 3]),
  tf.tensor(meshes[0].triangles, [meshes[0].triangles.length / 3, 3], 'int32'),
];

testOperator('visibility: kernel', {
  runs: () => tf.tidy(() => void visibility(...batchOf(meshes[0]), view)),
  shapes: () => tf.tidy(() => {
    const { ids, coverage } = visibility(...batchOf(...meshes), view);
    assert.equal([ids.shape, ids.dtype, coverage.shape, coverage.dtype], [[2, size, size], 'int32', [2, size, size, 1], 'float32']);
  }),
  refuses: () => tf.tidy(() => {
    const [vertices, triangles] = batchOf(meshes[0]);
    assert.throws(() => visibility(tf.reshape(vertices, [30, 3]), triangles, view), /visibility: "vertices" has a wrong shape/);
    assert.throws(() => visibility(vertices, tf.reshape(triangles, [-1]), view), /visibility: "triangles" has a wrong shape/);
  }),
  values: () => tf.tidy(() => {
    const { ids, coverage } = visibility(...batchOf(...meshes), view);
    const expected = meshes.flatMap((mesh) => referenceIds(mesh, size));
    assert.equal(Array.from(ids.dataSync()), expected);
    assert.equal(Array.from(coverage.dataSync()), expected.map((id) => (id >= 0 ? 1 : 0)));
  }),
  gradient: { skip: 'the visible triangle is piecewise constant; results are constants of the tape' },
  batch: () => tf.tidy(() => {
    const both = visibility(...batchOf(...meshes), view).ids.dataSync();
    const singles = meshes.flatMap((mesh) => Array.from(visibility(...batchOf(mesh), view).ids.dataSync()));
    assert.equal(Array.from(both), singles);
  }),
});
