import * as assert from 'uvu/assert';
import { tf, type Tensor } from '../../../framework/device/index.js';
import { testOperator } from '../../../framework/testing/index.js';
import { deep3dCamera } from '../host/camera.js';
import { triangleNeighbours } from '../host/triangle-neighbours.js';
import { silhouettes } from '../maths/silhouettes.js';
import { visibility } from '../maths/visibility.js';
import { dome, sphere, type TestMesh } from './meshes.js';

/** Vertices given in pixels of an image of 8 px, to the right and up from its middle, at z = 0 or, for a focal length of 1, at `z`. */
const flat = (points: readonly (readonly [number, number])[], triangles: number[]): TestMesh => ({
  vertices: Float32Array.from(points.flatMap(([x, y]) => [x, y, 0])), triangles: Int32Array.from(triangles),
});
const exact = { size: 8, camera: { focal: 1, distance: 8 } };

function edgesOf(mesh: TestMesh, view: { size: number; camera: { focal: number; distance: number } }): Int32Array {
  const [vertices, triangles, neighbours] = tensorsOf([mesh]);
  const { ids } = visibility(vertices, triangles, view);
  return silhouettes(vertices, triangles, neighbours, ids, view).dataSync<'int32'>();
}

function tensorsOf(meshes: readonly TestMesh[]): [Tensor, Tensor, Tensor] {
  const { triangles } = meshes[0]!;
  const corners = [triangles.length / 3, 3];
  return [
    tf.tensor(meshes.flatMap((mesh) => [...mesh.vertices]), [meshes.length, meshes[0]!.vertices.length / 3, 3]),
    tf.tensor(triangles, corners, 'int32'), tf.tensor(triangleNeighbours(triangles), corners, 'int32'),
  ];
}

/** `row column axis: v-w` of each edge found, vertices in ascending order. */
const named = (edges: Int32Array, size: number): string[] =>
  Array.from({ length: edges.length / 2 }, (_, pair) => pair).filter((pair) => edges[pair * 2]! >= 0).map((pair) => {
    const pixel = Math.floor(pair / 2);
    const [v, w] = [edges[pair * 2]!, edges[pair * 2 + 1]!];
    return `${Math.floor(pixel / size)} ${pixel % size} ${pair % 2 === 0 ? 'right' : 'below'}: ${Math.min(v, w)}-${Math.max(v, w)}`;
  });

const meshes = [dome(6, 5, 1), dome(6, 5, 2)];
const view = { size: 21, camera: deep3dCamera };
const run = (chosen: readonly TestMesh[]): Tensor => {
  const [vertices, triangles, neighbours] = tensorsOf(chosen);
  return silhouettes(vertices, triangles, neighbours, visibility(vertices, triangles, view).ids, view);
};

testOperator('silhouettes', {
  runs: () => tf.tidy(() => void run(meshes)),
  shapes: () => tf.tidy(() => {
    const edges = run(meshes);
    assert.equal([edges.shape, edges.dtype], [[2, 21, 21, 4], 'int32']);
  }),
  refuses: () => tf.tidy(() => {
    const [vertices, triangles, neighbours] = tensorsOf(meshes);
    const { ids } = visibility(vertices, triangles, view);
    assert.throws(() => silhouettes(vertices, triangles, tf.slice(neighbours, [0, 0], [3, 3]), ids, view), /silhouettes: "neighbours" has a wrong shape/);
    assert.throws(() => silhouettes(vertices, triangles, neighbours, tf.zeros([2, 21, 20], 'int32'), view), /silhouettes: "ids" has a wrong shape/);
  }),
  values: () => tf.tidy(() => {
    // A square of two triangles over 2 × 2 pixels: its four sides, and not its diagonal.
    const square = flat([[-1, -1], [1, -1], [1, 1], [-1, 1]], [0, 1, 2, 0, 2, 3]);
    assert.equal(named(edgesOf(square, exact), 8), [
      '2 3 below: 2-3', '2 4 below: 2-3', '3 2 right: 0-3', '3 4 right: 1-2', '4 2 right: 0-3', '4 3 below: 0-1', '4 4 below: 0-1', '4 4 right: 1-2',
    ].sort((a, b) => order(a) - order(b)));
    // A strip of slivers narrower than a pixel ends at 0.2 px beyond a centre: the walk crosses them all to find the rim.
    const strip = Array.from({ length: 9 }, (_, column) => [[-0.7 + column * 0.175, -1], [-0.7 + column * 0.175, 1]] as const).flat();
    const slivers = flat(strip, Array.from({ length: 8 }, (_, column) => [2 * column, 2 * column + 2, 2 * column + 1, 2 * column + 1, 2 * column + 2, 2 * column + 3]).flat());
    assert.equal(named(edgesOf(slivers, exact), 8).filter((name) => name.includes('right')), [3, 4].flatMap((row) => [`${row} 2 right: 0-1`, `${row} 4 right: 16-17`]));
    // A ball: every edge found lies between a front and a back face, and each row and column centre that the outline, 10.2 px in
    // radius, runs across is met: 8 · 10.2 / √2 times.
    const ball = sphere(14, 18, 0.7);
    const found = edgesOf(ball, { size: 32, camera: deep3dCamera });
    assert.ok(Math.abs(named(found, 32).length - 58) <= 3);
    for (let pair = 0; pair < found.length; pair += 2) if (found[pair]! >= 0) assert.ok(isContour(ball, found[pair]!, found[pair + 1]!));
    // Behind the camera and not finite: nothing is found, nothing fails.
    for (const bad of [NaN, Infinity, 30]) {
      const broken = { ...square, vertices: Float32Array.from(square.vertices) };
      broken.vertices[2] = bad;
      assert.ok(edgesOf(broken, exact).every((vertex) => vertex >= -1 && vertex < 4));
    }
  }),
  gradient: { skip: 'which edge ends a surface is piecewise constant; results are constants of the tape' },
  batch: () => tf.tidy(() => {
    const singles = meshes.flatMap((mesh) => [...run([mesh]).dataSync()]);
    assert.equal([...run(meshes).dataSync()], singles);
  }),
});

/** By pixel, right before below, as `named` lists them. */
function order(name: string): number {
  const [row, column, side] = name.split(/[ :]/);
  return Number(row) * 1000 + Number(column) * 10 + (side === 'right' ? 0 : 1);
}

/** Does one of the two triangles at an edge face the camera at (0, 0, 10), and the other not? */
function isContour({ vertices, triangles }: TestMesh, v: number, w: number): boolean {
  const facing: boolean[] = [];
  for (let at = 0; at < triangles.length; at += 3) {
    const corners = [triangles[at]!, triangles[at + 1]!, triangles[at + 2]!];
    if (!corners.includes(v) || !corners.includes(w)) continue;
    const [a, b, c] = corners.map((corner) => [0, 1, 2].map((axis) => vertices[corner * 3 + axis]! - (axis === 2 ? 10 : 0))) as [number[], number[], number[]];
    const volume = a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) - a[1]! * (b[0]! * c[2]! - b[2]! * c[0]!) + a[2]! * (b[0]! * c[1]! - b[1]! * c[0]!);
    facing.push(volume < 0);
  }
  return facing.length === 2 && facing[0] !== facing[1];
}
