import * as assert from 'uvu/assert';
import { tf } from '../../../framework/device/index.js';
import { float32, int32 } from '../../../framework/index.js';
import { checkGradient, close, testOperator, toTensor } from '../../../framework/testing/index.js';
import { vertexNormalsHost } from '../host/render.js';
import { vertexNormals } from '../maths/vertex-normals.js';
import { cube, dome } from './meshes.js';
import { referenceNormals } from './reference-renderer.js';

const meshes = [dome(4, 6, 1), dome(4, 6, 2)];
const triangles = int32(meshes[0]!.triangles, [meshes[0]!.triangles.length / 3, 3]);
const vertices = float32(Float32Array.from(meshes.flatMap((mesh) => Array.from(mesh.vertices))), [2, 24, 3]);
const run = () => vertexNormals(toTensor(vertices), toTensor(triangles));

testOperator('vertexNormals', {
  runs: () => tf.tidy(() => void run()),
  shapes: () => tf.tidy(() => assert.equal(run().shape, [2, 24, 3])),
  refuses: () => tf.tidy(() => {
    assert.throws(() => vertexNormals(tf.zeros([24, 3]), toTensor(triangles)), /vertexNormals: "vertices" has a wrong shape/);
  }),
  values: () => tf.tidy(() => {
    close(run(), meshes.flatMap((mesh) => referenceNormals(mesh.vertices, mesh.triangles)));

    // A tent of a large and a small face around an edge: unit face normals count alike (Deep3D), areas do not.
    const tent = Float64Array.of(0, 0, 0, 0, 1, 0, -10, 0, 0, 0, 0, -1);
    const normals = vertexNormalsHost(tent, Int32Array.of(0, 1, 2, 0, 3, 1));
    close(normals.slice(0, 3), [Math.SQRT1_2, 0, Math.SQRT1_2]);

    const box = cube(1, 0, 0);
    const outward = vertexNormalsHost(box.vertices, box.triangles);
    for (let at = 0; at < 24; at += 3) assert.ok([0, 1, 2].every((axis) => outward[at + axis]! * box.vertices[at + axis]! > 0));

    const flat = vertexNormalsHost(Float64Array.of(0, 0, 0, 1, 1, 1, 2, 2, 2, 5, 5, 5), Int32Array.of(0, 1, 2));
    assert.equal(Array.from(flat), new Array(12).fill(0), 'no area and no triangle: no normal');
  }),
  gradient: async () => {
    const faces = toTensor(triangles);
    await checkGradient((v) => vertexNormals(v!, faces), [vertices]);
    faces.dispose();
  },
  batch: () => tf.tidy(() => {
    const both = run();
    for (const b of [0, 1]) {
      close(both.slice([b], [1]), vertexNormals(toTensor(vertices).slice([b], [1]), toTensor(triangles)), { rtol: 0, atol: 0 });
    }
  }),
});
