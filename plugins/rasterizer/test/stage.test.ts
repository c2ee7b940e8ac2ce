import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { useEngine } from '../../../framework/device/index.js';
import { float32, type HostTensor } from '../../../framework/index.js';
import { close, runDeviceStage, testStage, uniformTensor } from '../../../framework/testing/index.js';
import { renderHost } from '../host/render.js';
import { render } from '../plugin.js';
import { dome } from './meshes.js';

const meshes = [dome(6, 5, 3), dome(6, 5, 4)];
const face = { triangles: meshes[0]!.triangles, vertexCount: 30 };
const albedo = uniformTensor([2, 30, 3], 0.2, 0.9);
const light = uniformTensor([2, 27], -0.1, 0.1);
const inputs = { vertices: float32(Float32Array.from(meshes.flatMap((mesh) => [...mesh.vertices])), [2, 30, 3]), albedo, light };
const run = (options: object, triangles = face.triangles): Promise<Record<string, HostTensor>> =>
  runDeviceStage(render, { options: { ...options }, resources: { face: { ...face, triangles } }, inputs });

testStage('rasterizer/render', render, { options: { size: 23 }, resources: { face }, inputs });
testStage('rasterizer/render, antialiased', render, { options: { size: 23, silhouette: 'antialias' }, resources: { face }, inputs });

const test = suite('rasterizer/render: values');

test('renders what the host renders, at the default camera', async () => {
  await useEngine('wasm');
  const { image, coverage } = await run({ size: 24 });
  meshes.forEach((mesh, sample) => {
    const part = (tensor: HostTensor, size: number): Float32Array => tensor.data.slice(sample * size, (sample + 1) * size) as Float32Array;
    const host = renderHost(mesh.vertices, mesh.triangles, part(albedo, 90), part(light, 27), 24);
    close(part(image!, 24 * 24 * 3), host.image);
    close(part(coverage!, 24 * 24), host.coverage);
  });
});

test('every option changes the picture', async () => {
  await useEngine('wasm');
  const pictures: string[] = [];
  for (const options of [{ size: 24 }, { size: 25 }, { size: 24, focal: 4 }, { size: 24, cameraDistance: 11 }, { size: 24, silhouette: 'antialias' }]) {
    pictures.push([...(await run(options)).image!.data].join());
  }
  assert.is(new Set(pictures).size, 5);
});

test('a mesh whose triangles name missing vertices is refused before it runs', async () => {
  const error = await run({ size: 8 }, Int32Array.of(0, 1, 30)).catch((reason: unknown) => reason);
  assert.match((error as Error).message, /triangle 0 names vertex 30, but there are 30 vertices/);
});

test.run();
