import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tf, type Tensor } from '../../../framework/device/index.js';
import { float32, int32, type HostTensor } from '../../../framework/index.js';
import { checkGradient, close, onEngines, testOperator, toTensor, uniformTensor } from '../../../framework/testing/index.js';
import { deep3dCamera } from '../host/camera.js';
import { rasterizeHost } from '../host/render.js';
import { silhouettesInto } from '../host/silhouettes.js';
import { triangleNeighbours } from '../host/triangle-neighbours.js';
import { antialias } from '../maths/antialias.js';
import { render } from '../maths/render.js';
import { cube, dome, sphere, together, type TestMesh } from './meshes.js';
import { referenceRender } from './reference-renderer.js';

const size = 19;
const view = { size, camera: deep3dCamera };
const meshes = [dome(4, 5, 1), dome(4, 5, 2)];
const vertices = float32(Float32Array.from(meshes.flatMap((mesh) => [...mesh.vertices])), [2, 20, 3]);
const edges = int32(Int32Array.from(meshes.flatMap((mesh) => {
  const found = new Int32Array(size * size * 4);
  silhouettesInto({
    ...mesh, vertexOffset: 0, vertexCount: 20, neighbours: triangleNeighbours(mesh.triangles),
    ids: rasterizeHost(mesh.vertices, mesh.triangles, size).ids, idOffset: 0, ...view,
  }, found, 0);
  return [...found];
})), [2, size, size, 4]);
const image = uniformTensor([2, size, size, 2], 0, 1);
const run = (picture: HostTensor): Tensor => antialias(toTensor(picture), toTensor(vertices), toTensor(edges), view);

testOperator('antialias', {
  runs: () => tf.tidy(() => void run(image)),
  shapes: () => tf.tidy(() => assert.equal(run(image).shape, [2, size, size, 2])),
  refuses: () => tf.tidy(() => {
    assert.throws(() => run(uniformTensor([2, size, size + 1, 2], 0, 1)), /antialias: "image" has a wrong shape/);
    assert.throws(() => antialias(toTensor(image), toTensor(vertices), tf.zeros([2, size, size, 2], 'int32'), view), /"edges" has a wrong shape/);
  }),
  values: () => tf.tidy(() => {
    // Two pixels, 3 and 5, with an edge that runs 0.2 px right of the first centre; then 0.9 px.
    const between = (column: number): Tensor => {
      const line = tf.tensor([[[column - 1, 9, 0], [column - 1, -9, 0]]]);
      return antialias(tf.tensor([3, 5, 0, 0], [1, 2, 2, 1]), line, tf.tensor([0, 1, -1, -1, ...new Array<number>(12).fill(-1)], [1, 2, 2, 4], 'int32'), { size: 2, camera: { focal: 1, distance: 2 } });
    };
    close(between(0.7), [3 + 0.3 * 2, 5, 0, 0]);
    close(between(1.4), [3, 5 - 0.4 * 2, 0, 0]);
    // Without an edge nothing changes.
    close(antialias(toTensor(image), toTensor(vertices), tf.fill([2, size, size, 4], -1, 'int32'), view), image.data, { rtol: 0, atol: 0 });
  }),
  gradient: async () => {
    const chosen = toTensor(edges);
    // Half-way between two centres another pixel is written: steps are short, so that few edges pass there.
    await checkGradient((picture, points) => antialias(picture!, points!, chosen, view), [image, vertices], { epsilon: 1e-3, tolerance: 5e-3 });
    chosen.dispose();
  },
  batch: () => tf.tidy(() => {
    const both = run(image);
    for (const b of [0, 1]) {
      const [one, points, found] = [image, vertices, edges].map((tensor) => tf.slice(toTensor(tensor), [b], [1])) as [Tensor, Tensor, Tensor];
      close(tf.slice(both, [b], [1]), antialias(one, points, found, view), { rtol: 0, atol: 0 });
    }
  }),
});

/** Ways a mesh moves: each a speed for every vertex at (x, y, z). */
const motions = {
  right: () => [1, 0, 0],
  closer: () => [0, 0, 1],
  'turned about y': ([x, , z]: number[]) => [z!, 0, -x!],
  'turned about z': ([x, y]: number[]) => [-y!, x!, 0],
} as const;
const moved = ({ vertices: points, triangles }: TestMesh, speeds: Float64Array, by: number): TestMesh => ({
  vertices: Float32Array.from(points, (value, index) => value + speeds[index]! * by), triangles,
});
const offset = (mesh: TestMesh, x: number, y: number, z: number): TestMesh => ({
  ...mesh, vertices: Float32Array.from(mesh.vertices, (value, index) => value + [x, y, z][index % 3]!),
});
const speedsOf = (mesh: TestMesh, speed: (point: number[]) => readonly number[], until = mesh.vertices.length): Float64Array => {
  const speeds = new Float64Array(mesh.vertices.length);
  for (let at = 0; at < until; at += 3) speeds.set(speed([...mesh.vertices.subarray(at, at + 3)]), at);
  return speeds;
};

const whole = suite('antialias: whole pictures');
const check = onEngines(whole, ['wasm']);

/** A smooth weight for each place of the picture, in [−1, 1] on both axes. */
const weightAt = (column: number, row: number): number => 1 + 0.6 * Math.sin(2.1 * column + 0.4) + 0.5 * Math.cos(1.7 * row - 0.8 * column);

/** Σ weight · red, by area: the float64 oracle at `fine` rays a pixel and axis. */
function referenceSum(mesh: TestMesh, albedo: ArrayLike<number>, pixels: number, fine: number): number {
  const { image: picture } = referenceRender({ ...mesh, albedo, light: new Float64Array(27) }, pixels * fine);
  let sum = 0;
  for (let at = 0; at < (pixels * fine) ** 2; at++) {
    const [column, row] = [(at % (pixels * fine)) + 0.5, Math.floor(at / (pixels * fine)) + 0.5].map((place) => (2 * place) / (pixels * fine) - 1) as [number, number];
    sum += picture[at * 3]! * weightAt(column, row);
  }
  return sum / fine ** 2;
}

/** The slope of the same sum along a motion, from the gradients of the device renderer. */
function deviceSlope(mesh: TestMesh, albedo: Float32Array, pixels: number, speeds: Float64Array, silhouette: boolean): number {
  const count = mesh.vertices.length / 3;
  const corners = [mesh.triangles.length / 3, 3];
  return tf.tidy(() => {
    const weights = tf.tensor(Array.from({ length: pixels ** 2 }, (_, at) => weightAt((2 * ((at % pixels) + 0.5)) / pixels - 1, (2 * (Math.floor(at / pixels) + 0.5)) / pixels - 1)), [1, pixels, pixels, 1]);
    const [triangles, neighbours] = [mesh.triangles, triangleNeighbours(mesh.triangles)].map((numbers) => tf.tensor(numbers, corners, 'int32')) as [Tensor, Tensor];
    const gradient = tf.grad((points: Tensor) => {
      const { image: picture } = render({
        vertices: points, albedo: tf.tensor(albedo, [1, count, 3]), light: tf.zeros([1, 27]), triangles, neighbours: silhouette ? neighbours : undefined,
      }, { size: pixels, camera: deep3dCamera });
      return tf.sum(tf.mul(tf.slice(picture, [0, 0, 0, 0], [1, pixels, pixels, 1]), weights)).asScalar();
    })(tf.tensor(mesh.vertices, [1, count, 3])).dataSync();
    return speeds.reduce((sum, speed, index) => sum + speed * gradient[index]!, 0);
  });
}

/** A tilted triangle; a cube; a ball before a wall, which stands still; a bumpy face-like sheet that hides part of itself. */
const turnedDome = (): TestMesh => {
  const mesh = dome(5, 5, 3);
  const [c, s] = [Math.cos(0.9), Math.sin(0.9)];
  const points = Float32Array.from(mesh.vertices);
  for (let at = 0; at < points.length; at += 3) [points[at], points[at + 2]] = [c * mesh.vertices[at]! + s * mesh.vertices[at + 2]!, c * mesh.vertices[at + 2]! - s * mesh.vertices[at]!];
  return { ...mesh, vertices: points };
};
const wall: TestMesh = { vertices: Float32Array.of(-0.9, -0.8, -0.8, 0.8, -0.9, -0.7, 0.9, 0.85, -0.9, -0.8, 0.9, -1), triangles: Int32Array.of(0, 1, 2, 0, 2, 3) };
const ball = offset(sphere(5, 7, 0.45), 0.1, -0.05, 0.1);
const scenes: Record<string, { mesh: TestMesh; moving?: number }> = {
  triangle: { mesh: { vertices: Float32Array.of(-0.7, -0.6, 0.2, 0.75, -0.3, -0.3, -0.1, 0.8, 0.1), triangles: Int32Array.of(0, 1, 2) } },
  cube: { mesh: cube(0.42, 0.6, 0.4) },
  'ball before a wall': { mesh: together(ball, wall), moving: ball.vertices.length },
  sheet: { mesh: turnedDome() },
};

for (const [name, { mesh, moving }] of Object.entries(scenes)) {
  check(`${name}: the gradient of a picture is that of its area-sampled float64 render, outlines included`, () => {
    const pixels = 20;
    // The device samples points: its slope is averaged over a few pixels of motion, for which the oracle's difference is exact.
    const reach = 0.15;
    const places = Array.from({ length: 13 }, (_, place) => ((place - 6) * reach) / 6.5);
    const albedo = Float32Array.from(mesh.vertices, (_, index) => (moving !== undefined && index >= moving ? 0.25 : 0.9 - 0.2 * Math.sin(index)));
    const [slopes, errors, lacking] = [[], [], []] as [number[], number[], number[]];
    for (const speed of Object.values(motions)) {
      const speeds = speedsOf(mesh, speed, moving);
      const [ahead, behind] = [1, -1].map((side) => referenceSum(moved(mesh, speeds, side * reach), albedo, pixels, 5)) as [number, number];
      const slope = (ahead - behind) / (2 * reach);
      const mean = (silhouette: boolean): number =>
        places.reduce((sum, by) => sum + deviceSlope(moved(mesh, speeds, by), albedo, pixels, speeds, silhouette), 0) / places.length;
      slopes.push(slope);
      errors.push(mean(true) - slope);
      lacking.push(mean(false) - slope);
    }
    const size = Math.hypot(...slopes);
    assert.ok(Math.hypot(...errors) < 0.2 * size, `relative error ${Math.hypot(...errors) / size}`);
    assert.ok(Math.hypot(...lacking) > 0.6 * size, 'without outlines most of the gradient is missing');
  });
}

check('a ball of triangles smaller than a pixel: area and its derivatives are those of its outline', () => {
  const [radius, pixels] = [0.83, 112];
  const mesh = sphere(60, 90, radius);
  const corners = [mesh.triangles.length / 3, 3];
  tf.tidy(() => {
    const count = mesh.vertices.length / 3;
    const [triangles, neighbours] = [mesh.triangles, triangleNeighbours(mesh.triangles)].map((numbers) => tf.tensor(numbers, corners, 'int32')) as [Tensor, Tensor];
    const area = (scale: Tensor, place: Tensor): tf.Scalar => tf.sum(render({
      vertices: tf.add(tf.mul(tf.tensor(mesh.vertices, [1, count, 3]), scale), place), albedo: tf.ones([1, count, 3]), light: tf.zeros([1, 27]), triangles, neighbours,
    }, { size: pixels, camera: deep3dCamera }).coverage).asScalar();
    // A ball at distance d shows a disc of radius f r / √(d² − r²); its rim moves by f / √(d² − r²) where the ball moves sideways.
    const disc = (r: number): number => (Math.PI * (deep3dCamera.focal * pixels * r) ** 2) / (100 - r * r);
    const at = [tf.scalar(1), tf.tensor([0.0131, -0.0077, 0], [1, 1, 3])] as const;
    close(area(...at), [disc(radius)], { rtol: 1e-3, atol: 0 });
    const [byScale, byPlace] = tf.grads(area)([...at]) as [Tensor, Tensor];
    const expected = (disc(radius * 1.0001) - disc(radius * 0.9999)) / 0.0002;
    close(byScale, [expected], { rtol: 0.015, atol: 0 });
    const [right, up, closer] = byPlace.dataSync() as unknown as [number, number, number];
    assert.ok(Math.hypot(right, up) < 0.015 * expected && Math.abs(closer / (expected * 0.1) - 1) < 0.05, `${right} ${up} ${closer}`);
  });
});

check('a loss on the mask alone recovers a pose by descent, with outlines and not without', () => {
  const mesh = dome(7, 6, 3);
  const corners = [mesh.triangles.length / 3, 3];
  const pose = [0.12, -0.09, 0.25, -0.15];
  const camera = { size: 40, camera: deep3dCamera };
  const kept = tf.tidy(() => [
    tf.tensor(mesh.vertices, [42, 3]), tf.tensor(mesh.triangles, corners, 'int32'), tf.tensor(triangleNeighbours(mesh.triangles), corners, 'int32'),
    tf.ones([1, 42, 3]), tf.zeros([1, 27]),
  ]) as [Tensor, Tensor, Tensor, Tensor, Tensor];
  const [points, triangles, neighbours, albedo, light] = kept;
  const mask = (place: Tensor, silhouette: boolean): Tensor => {
    const [x, y, turn, roll] = tf.unstack(place) as [Tensor, Tensor, Tensor, Tensor];
    const vertices = tf.reshape(posed(points, x, y, turn, roll), [1, 42, 3]);
    return render({ vertices, albedo, light, triangles, neighbours: silhouette ? neighbours : undefined }, camera).coverage;
  };
  const goal = tf.tidy(() => mask(tf.tensor1d(pose), true));
  const place = tf.variable(tf.zeros([4]));
  const optimizer = tf.train.adam(0.02);
  const descend = (silhouette: boolean): void => void optimizer.minimize(() => tf.mean(tf.squaredDifference(mask(place, silhouette), goal)));
  assert.throws(() => tf.tidy(() => descend(false)), /Cannot find a connection/, 'hard borders are constants of the tape');
  for (let step = 0; step < 100; step++) descend(true);
  close(place, pose, { rtol: 0, atol: 0.01 });
  optimizer.dispose();
  place.dispose();
  tf.dispose([goal, ...kept]);
});

/** Rows turned about z, then about y, then moved. */
function posed(points: Tensor, x: Tensor, y: Tensor, turn: Tensor, roll: Tensor): Tensor {
  const [px, py, pz] = tf.split(points, 3, 1) as [Tensor, Tensor, Tensor];
  const rx = tf.sub(tf.mul(tf.cos(roll), px), tf.mul(tf.sin(roll), py));
  const ry = tf.add(tf.mul(tf.sin(roll), px), tf.mul(tf.cos(roll), py));
  const tx = tf.add(tf.mul(tf.cos(turn), rx), tf.mul(tf.sin(turn), pz));
  const tz = tf.sub(tf.mul(tf.cos(turn), pz), tf.mul(tf.sin(turn), rx));
  return tf.concat([tf.add(tx, x), tf.add(ry, y), tz], 1);
}

whole.run();
