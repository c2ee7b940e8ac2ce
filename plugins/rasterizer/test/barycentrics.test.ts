import * as assert from 'uvu/assert';
import { tf, type Tensor } from '../../../framework/device/index.js';
import { float32, int32, type HostTensor } from '../../../framework/index.js';
import { checkGradient, close, testOperator, toTensor } from '../../../framework/testing/index.js';
import { deep3dCamera } from '../host/camera.js';
import { rasterizeHost } from '../host/render.js';
import { barycentrics } from '../maths/barycentrics.js';
import { dome } from './meshes.js';
import { referenceRender } from './reference-renderer.js';

const size = 17;
const view = { size, camera: deep3dCamera };
const meshes = [dome(4, 5, 1), dome(4, 5, 2)];
const { triangles } = meshes[0]!;
const vertices = float32(Float32Array.from(meshes.flatMap((mesh) => Array.from(mesh.vertices))), [2, 20, 3]);
const faces = int32(triangles, [triangles.length / 3, 3]);
const ids = int32(Int32Array.from(meshes.flatMap((mesh) => Array.from(rasterizeHost(mesh.vertices, triangles, size).ids))), [2, size, size]);
const run = (v: HostTensor, i: HostTensor): Tensor => barycentrics(toTensor(v), toTensor(faces), toTensor(i), view);

testOperator('barycentrics', {
  runs: () => tf.tidy(() => void run(vertices, ids)),
  shapes: () => tf.tidy(() => assert.equal(run(vertices, ids).shape, [2, size, size, 3])),
  refuses: () => tf.tidy(() => {
    assert.throws(() => run(vertices, int32(ids.data.slice(0, 34) as Int32Array, [2, 17, 1])), /barycentrics: "ids" has a wrong shape/);
  }),
  values: () => tf.tidy(() => {
    const blank = new Float64Array(60);
    const expected = meshes.flatMap((mesh) => referenceRender({ ...mesh, albedo: blank, light: new Float64Array(27) }, size).barycentrics);
    close(run(vertices, ids), expected, { rtol: 0, atol: 1e-6 });

    // Perspective: half-way between the ends of an edge on the screen, the nearer end weighs z_far / (z_near + z_far).
    const edge = float32([-1, 0, 0, 0.5, 0, 5, 0.1, 1, 5], [1, 3, 3]);
    const line = barycentrics(
      toTensor(edge), toTensor(int32([0, 1, 2], [1, 3])), toTensor(int32([0], [1, 1, 1])), { size: 1, camera: deep3dCamera },
    );
    close(line, [1 / 3, 2 / 3, 0], { rtol: 0, atol: 1e-6 });
  }),
  gradient: async () => {
    const fixed = toTensor(ids);
    const faceTensor = toTensor(faces);
    await checkGradient((v) => barycentrics(v!, faceTensor, fixed, view), [vertices]);
    tf.dispose([fixed, faceTensor]);
  },
  batch: () => tf.tidy(() => {
    const both = run(vertices, ids);
    for (const b of [0, 1]) {
      const one = run(
        float32(vertices.data.slice(b * 60, b * 60 + 60) as Float32Array, [1, 20, 3]),
        int32(ids.data.slice(b * size * size, (b + 1) * size * size) as Int32Array, [1, size, size]),
      );
      close(both.slice([b], [1]), one, { rtol: 0, atol: 0 });
    }
  }),
});
