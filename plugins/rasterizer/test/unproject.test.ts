import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tf, useEngine, type Tensor } from '../../../framework/device/index.js';
import { checkGradient, close, normalTensor, testOperator, toTensor, uniformTensor } from '../../../framework/testing/index.js';
import { deep3dCamera } from '../host/camera.js';
import { renderHost } from '../host/render.js';
import { unproject, type Unprojected } from '../maths/unproject.js';
import { dome, sphere, together, type TestMesh } from './meshes.js';
import { referenceNormals, referenceShade } from './reference-renderer.js';

const size = 21;
const view = { size, camera: deep3dCamera };
/** A plate in front of the left part of a dome, and a dome whose right side lies outside of the picture. */
const plate: TestMesh = {
  vertices: Float32Array.of(-1, -1, 1.2, -0.25, -1, 1.2, -0.25, 1, 1.2, -1, 1, 1.2), triangles: Int32Array.of(0, 1, 2, 0, 2, 3),
};
const aside = (mesh: TestMesh, by: number): TestMesh => ({ ...mesh, vertices: mesh.vertices.map((value, at) => (at % 3 === 0 ? value + by : value)) });
const meshes = [together(dome(8, 7, 1), plate), together(aside(dome(8, 7, 2), 0.9), plate)];
const vertexCount = 60;
const triangles = () => tf.tensor(meshes[0]!.triangles, [meshes[0]!.triangles.length / 3, 3], 'int32');
const image = uniformTensor([2, size, size, 3], 0.15, 0.45);
const mask = uniformTensor([2, size, size, 1], 0.4, 1.1);
const light = Float32Array.from(normalTensor([2, 27]).data, (value) => 0.05 * value);
const vertices = (chosen = meshes): Tensor => tf.tensor(chosen.flatMap((mesh) => [...mesh.vertices]), [chosen.length, vertexCount, 3]);
const run = (picture: Tensor = toTensor(image)): Unprojected =>
  unproject({ image: picture, mask: toTensor(mask), vertices: vertices(), light: tf.tensor(light, [2, 27]), triangles: triangles() }, view);

/** In float64, one vertex after the other; whether the plate covers a vertex by its outline. */
function reference(sample: number): { albedo: number[]; visible: number[]; sure: boolean[] } {
  const { vertices: positions, triangles: faces } = meshes[sample]!;
  const normals = referenceNormals(positions, faces);
  const result = { albedo: [] as number[], visible: [] as number[], sure: [] as boolean[] };
  for (let v = 0; v < vertexCount; v++) {
    const [x, y, z] = positions.subarray(3 * v, 3 * v + 3) as unknown as [number, number, number];
    const n = normals.slice(3 * v, 3 * v + 3) as [number, number, number];
    const scale = (1015 / 224) * size / (10 - z);
    const [column, row] = [size / 2 + scale * x, size / 2 - scale * y];
    const read = (data: ArrayLike<number>, channels: number, channel: number): number => {
      const [u, w] = [column, row].map((place) => Math.min(size - 1, Math.max(0, place - 0.5))) as [number, number];
      let sum = 0;
      for (let pixel = 0; pixel < size * size; pixel++) {
        const share = Math.max(0, 1 - Math.abs(u - (pixel % size))) * Math.max(0, 1 - Math.abs(w - Math.floor(pixel / size)));
        sum += share * data[(sample * size * size + pixel) * channels + channel]!;
      }
      return sum;
    };
    for (let channel = 0; channel < 3; channel++) {
      const lit = Math.max(0.1, referenceShade(n, light.subarray(27 * sample, 27 * sample + 27), channel));
      result.albedo.push(Math.min(1, read(image.data, 3, channel) / lit));
    }
    const length = Math.hypot(x, y, 10 - z);
    const facing = Math.min(1, Math.max(0, (-n[0] * x - n[1] * y + n[2] * (10 - z)) / length / 0.25));
    // Where the line to the camera passes z = 1.2.
    const border = (x * 8.8) / (10 - z) + 0.25;
    const covered = v < vertexCount - 4 && border < 0;
    const inside = column >= 0 && column <= size && row >= 0 && row <= size;
    result.visible.push(covered || !inside ? 0 : facing * Math.min(1, Math.max(0, 2 * read(mask.data, 1, 0) - 1)));
    result.sure.push(v < vertexCount - 4 && Math.abs(border) * scale > 1.5);
  }
  return result;
}

testOperator('unproject', {
  runs: () => tf.tidy(() => void run()),
  shapes: () => tf.tidy(() => assert.equal([run().albedo.shape, run().visible.shape], [[2, vertexCount, 3], [2, vertexCount, 1]])),
  refuses: () => tf.tidy(() => {
    const inputs = { image: toTensor(image), mask: toTensor(mask), vertices: vertices(), light: tf.tensor(light, [2, 27]), triangles: triangles() };
    assert.throws(() => unproject({ ...inputs, mask: tf.zeros([2, size, 20, 1]) }, view), /unproject: "mask" has a wrong shape/);
    assert.throws(() => unproject({ ...inputs, light: tf.zeros([1, 27]) }, view), /unproject: "light" has a wrong shape/);
  }),
  values: () => tf.tidy(() => {
    const { albedo, visible } = run();
    for (let sample = 0; sample < 2; sample++) {
      const expected = reference(sample);
      close(albedo.slice([sample], [1]), expected.albedo, { rtol: 1e-4, atol: 1e-5 });
      const got = visible.slice([sample], [1]).dataSync();
      const sure = expected.sure.flatMap((one, v) => (one ? [v] : []));
      close(sure.map((v) => got[v]!), sure.map((v) => expected.visible[v]!), { rtol: 1e-3, atol: 1e-4 });
      const hidden = sure.filter((v) => expected.visible[v] === 0).length;
      assert.ok(hidden >= 5 && sure.length - hidden >= 15, `${hidden} of ${sure.length} hidden`);
    }
  }),
  gradient: async () => void (await checkGradient((picture) => run(picture).albedo, [image])),
  batch: () => tf.tidy(() => {
    const both = run();
    meshes.forEach((mesh, b) => {
      const one = unproject({
        image: toTensor(image).slice([b], [1]), mask: toTensor(mask).slice([b], [1]), vertices: vertices([mesh]),
        light: tf.tensor(light.subarray(27 * b, 27 * b + 27), [1, 27]), triangles: triangles(),
      }, view);
      close(both.albedo.slice([b], [1]), one.albedo);
      close(both.visible.slice([b], [1]), one.visible);
    });
  }),
});

const test = suite('unproject: round trip');

test('gives back the albedo of what was rendered', async () => {
  await useEngine('wasm');
  const { vertices: ball, triangles: faces } = sphere(30, 60, 0.8);
  const count = ball.length / 3;
  const albedo = ball.map((_, at) => 0.4 + 0.2 * Math.sin(3 * ball[at - (at % 3)]! + at % 3) * Math.cos(2 * ball[at - (at % 3) + 1]!));
  const { image: picture, coverage } = renderHost(ball, faces, albedo, light.subarray(0, 27), 160);
  tf.tidy(() => {
    const seen = unproject({
      image: tf.tensor(picture, [1, 160, 160, 3]), mask: tf.tensor(coverage, [1, 160, 160, 1]), vertices: tf.tensor(ball, [1, count, 3]),
      light: tf.tensor(light.subarray(0, 27), [1, 27]), triangles: tf.tensor(faces, [faces.length / 3, 3], 'int32'),
    }, { size: 160, camera: deep3dCamera });
    const [found, visible] = [seen.albedo.dataSync(), seen.visible.dataSync()];
    const errors = [...visible].flatMap((share, v) => (share > 0.99 ? [0, 1, 2].map((channel) => Math.abs(found[3 * v + channel]! - albedo[3 * v + channel]!)) : []));
    assert.ok(errors.length > 3 * 0.25 * count, `${errors.length / 3} of ${count} vertices seen`);
    assert.ok(Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length) < 0.01);
  });
});

test.run();
