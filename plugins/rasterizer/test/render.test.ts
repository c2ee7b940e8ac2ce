import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tf, useEngine, type Tensor } from '../../../framework/device/index.js';
import { close, normalTensor, onEngines, testOperator, uniformTensor } from '../../../framework/testing/index.js';
import { deep3dCamera } from '../host/camera.js';
import { renderHost } from '../host/render.js';
import { triangleNeighbours } from '../host/triangle-neighbours.js';
import { render, type Rendering } from '../maths/render.js';
import { cube, dome } from './meshes.js';
import { referenceRender, type Scene } from './reference-renderer.js';

const size = 15;
const view = { size, camera: deep3dCamera };
const scenes: Scene[] = [1, 2].map((seed) => ({
  ...dome(5, 4, seed),
  albedo: uniformTensor([20, 3], 0.2, 0.9, seed).data,
  light: Float64Array.from(normalTensor([27], seed).data, (value) => 0.2 * value),
}));
const triangles = () => tf.tensor(scenes[0]!.triangles as Int32Array, [scenes[0]!.triangles.length / 3, 3], 'int32');
const stacked = (name: 'vertices' | 'albedo' | 'light', shape: number[], chosen = scenes): Tensor =>
  tf.tensor(chosen.flatMap((scene) => Array.from(scene[name])), [chosen.length, ...shape]);
const run = (chosen = scenes): Rendering => render({
  vertices: stacked('vertices', [20, 3], chosen), albedo: stacked('albedo', [20, 3], chosen), light: stacked('light', [27], chosen),
  triangles: triangles(),
}, view);

testOperator('render', {
  runs: () => tf.tidy(() => void run()),
  shapes: () => tf.tidy(() => {
    const { image, coverage, depth, normals } = run();
    assert.equal([image.shape, coverage.shape, depth.shape, normals.shape], [3, 1, 1, 3].map((channels) => [2, size, size, channels]));
  }),
  refuses: () => tf.tidy(() => {
    const inputs = { vertices: stacked('vertices', [20, 3]), light: stacked('light', [27]), triangles: triangles() };
    assert.throws(() => render({ ...inputs, albedo: tf.zeros([2, 19, 3]) }, view), /render: "albedo" has a wrong shape/);
    assert.throws(() => render({ ...inputs, albedo: tf.zeros([2, 20, 3]), light: tf.zeros([2, 3, 9]) }, view), /"light" has a wrong shape/);
  }),
  values: () => tf.tidy(() => {
    const { image, coverage, depth, normals } = run();
    const expected = scenes.map((scene) => referenceRender(scene, size));
    close(image, expected.flatMap((one) => one.image));
    close(depth, expected.flatMap((one) => one.depth));
    close(normals, expected.flatMap((one) => one.normals), { rtol: 0, atol: 2e-5 });
    close(coverage, expected.flatMap((one) => one.ids.map((id) => (id >= 0 ? 1 : 0))));
  }),
  gradient: () => tf.tidy(() => {
    const weights = normalTensor([2, size, size, 3], 'weights').data;
    const inputs = [stacked('vertices', [20, 3]), stacked('albedo', [20, 3]), stacked('light', [27])];
    const gradients = tf.grads((vertices: Tensor, albedo: Tensor, light: Tensor) => {
      const { image, coverage, depth } = render({ vertices, albedo, light, triangles: triangles() }, view);
      const weighted = tf.sum(tf.mul(image, tf.tensor(weights, [2, size, size, 3])));
      return tf.add(weighted, tf.add(tf.sum(depth), tf.sum(coverage))).asScalar();
    })(inputs).map((gradient) => gradient.dataSync());
    (['vertices', 'albedo', 'light'] as const).forEach((name, place) => {
      scenes.forEach((scene, b) => compareSlopes(scene, name, b, gradients[place]!, weights));
    });
  }),
  batch: () => tf.tidy(() => {
    const both = run();
    scenes.forEach((scene, b) => {
      const one = run([scene]);
      for (const name of ['image', 'coverage', 'depth', 'normals'] as const) {
        close(both[name].slice([b], [1]), one[name], { rtol: 0, atol: 0 });
      }
    });
  }),
});

/** Numeric derivatives of the float64 oracle with its visible triangles held fixed, element by element. */
function compareSlopes(
  scene: Scene, name: 'vertices' | 'albedo' | 'light', sample: number, gradients: ArrayLike<number>, weights: ArrayLike<number>,
): void {
  const { ids } = referenceRender(scene, size);
  const length = scene[name].length;
  const objective = (values: Float64Array): number => {
    const { image, depth } = referenceRender({ ...scene, [name]: values }, size, ids);
    const offset = sample * image.length;
    return image.reduce((sum, value, index) => sum + value * weights[offset + index]!, 0) + depth.reduce((sum, value) => sum + value, 0);
  };
  const epsilon = 1e-5;
  const slopes = Array.from({ length }, (_, index) => {
    const moved = (by: number): Float64Array => Float64Array.from(scene[name], (value, at) => (at === index ? value + by : value));
    return (objective(moved(epsilon)) - objective(moved(-epsilon))) / (2 * epsilon);
  });
  const norm = Math.hypot(...slopes);
  const mine = Array.from({ length }, (_, index) => gradients[sample * length + index]!);
  const error = Math.hypot(...slopes.map((slope, index) => slope - mine[index]!)) / norm;
  assert.ok(error < 2e-4, `${name}: relative error ${error.toExponential(2)} of a gradient of norm ${norm.toFixed(3)}`);
}

const test = suite('render: whole');

test('the host renderer and the device renderer make the same picture', async () => {
  await useEngine('cpu');
  const { albedo, light, vertices } = scenes[0]!;
  const host = renderHost(vertices as Float32Array, scenes[0]!.triangles as Int32Array, albedo as Float32Array, light as Float64Array, size);
  tf.tidy(() => {
    const device = run([scenes[0]!]);
    close(device.image, host.image);
    close(device.coverage, host.coverage);
  });
});

test('convention: colours are not clamped, on the host and on the device', async () => {
  await useEngine('cpu');
  const bright: Scene = { ...scenes[0]!, light: Float64Array.from({ length: 27 }, (_, index) => (index % 9 === 0 ? 4 : 0)) };
  const host = renderHost(bright.vertices as Float32Array, bright.triangles as Int32Array, bright.albedo as Float32Array, bright.light as Float64Array, size);
  assert.ok(Math.max(...host.image) > 1);
  tf.tidy(() => close(run([bright]).image, host.image));
});

onEngines(test, ['wasm', 'cpu'])('a vertex that is not finite takes its triangles away and spoils nothing else; one behind the camera spoils nothing', () => {
  for (const bad of [[NaN, 0, 0], [0, Infinity, 0], [0, 0, -Infinity], [0.1, 0.1, 11]]) {
    tf.tidy(() => {
      const scene = scenes[0]!;
      const broken = Float32Array.from(scene.vertices);
      broken.set(bad, 3 * 9);
      const mesh = { ...scene, vertices: broken };
      const around = [...Array(scene.triangles.length / 3).keys()].filter((id) => [0, 1, 2].some((k) => scene.triangles[id * 3 + k] === 9));
      const { image, coverage, depth, normals } = run([mesh]);
      const whole = run([scene]);
      for (const picture of [image, coverage, depth, normals]) assert.ok(picture.dataSync().every(Number.isFinite), bad.join());
      const [covered, before] = [coverage, whole.coverage].map((each) => each.dataSync().filter((value) => value === 1).length) as [number, number];
      assert.ok((bad[2] === 11 || covered < before) && covered > before / 3 && around.length === 6, `${covered} of ${before}`);
      for (const neighbours of [undefined, triangleNeighbours(scene.triangles as Int32Array)]) {
        const gradients = tf.grads((vertices: Tensor, albedo: Tensor, light: Tensor) => tf.sum(render({
          vertices, albedo, light, triangles: triangles(), neighbours: neighbours && tf.tensor(neighbours, [neighbours.length / 3, 3], 'int32'),
        }, view).image).asScalar())([stacked('vertices', [20, 3], [mesh]), stacked('albedo', [20, 3], [mesh]), stacked('light', [27], [mesh])]);
        for (const gradient of gradients) assert.ok(gradient.dataSync().every(Number.isFinite), `gradient, ${bad.join()}`);
      }
    });
  }
});

test('optimisation turns a cube back', async () => {
  await useEngine('cpu');
  const target = cube(0.5, 0.5, 0.35);
  const faces = tf.tensor(target.triangles, [12, 3], 'int32');
  const albedo = tf.fill([1, 8, 3], 0.7);
  const light = tf.tensor(Array.from({ length: 27 }, (_, index) => [0, 0.1, 0.25, -0.2, 0, 0.05, 0, 0, 0][index % 9]!), [1, 27]);
  const camera = { size: 32, camera: deep3dCamera };
  const straight = tf.tensor(cube(0.5, 0, 0).vertices, [8, 3]);
  const picture = (angles: Tensor): Tensor => {
    const vertices = tf.reshape(turned(straight, angles), [1, 8, 3]);
    return render({ vertices, albedo, light, triangles: faces }, camera).image;
  };
  const goal = tf.tidy(() => picture(tf.tensor1d([0.5, 0.35])));
  const angles = tf.variable(tf.tensor1d([0.25, 0.1]));
  const optimizer = tf.train.adam(0.01);
  for (let step = 0; step < 120; step++) {
    optimizer.minimize(() => tf.mean(tf.squaredDifference(picture(angles), goal)));
  }
  close(angles, [0.5, 0.35], { rtol: 0, atol: 0.02 });
});

/** Rows turned by yaw about y, then pitch about x, as `cube` turns its corners. */
function turned(points: Tensor, angles: Tensor): Tensor {
  const [yaw, pitch] = tf.unstack(angles) as [Tensor, Tensor];
  const [x, y, z] = tf.split(points, 3, 1) as [Tensor, Tensor, Tensor];
  const x1 = tf.add(tf.mul(tf.cos(yaw), x), tf.mul(tf.sin(yaw), z));
  const z1 = tf.sub(tf.mul(tf.cos(yaw), z), tf.mul(tf.sin(yaw), x));
  const y2 = tf.sub(tf.mul(tf.cos(pitch), y), tf.mul(tf.sin(pitch), z1));
  const z2 = tf.add(tf.mul(tf.sin(pitch), y), tf.mul(tf.cos(pitch), z1));
  return tf.concat([x1, y2, z2], 1);
}

test.run();
