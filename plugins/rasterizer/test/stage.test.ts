import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tf, type Tensor } from '../../../framework/device/index.js';
import { Value } from '@sinclair/typebox/value';
import type { DeviceContext, HostTensor } from '../../../framework/index.js';
import { close, expectNoLeak, onEngines, toTensor, uniformTensor } from '../../../framework/testing/index.js';
import { renderHost } from '../host/render.js';
import { render } from '../plugin.js';
import { stage } from '../stages/render.js';
import { dome } from './meshes.js';

const mesh = dome(6, 5, 3);
const test = suite('rasterizer/render');
const check = onEngines(test);

function build(options: object, triangles = mesh.triangles) {
  const constants: Tensor[] = [];
  const context = {
    options: Value.Default(render.options, { ...options }),
    resource: () => ({ triangles, vertexCount: 30 }),
    constant: (_name: string, make: () => HostTensor) => {
      const tensor = toTensor(make());
      constants.push(tensor);
      return tensor;
    },
  };
  const built = stage.build(context as unknown as DeviceContext<typeof render.options, NonNullable<typeof render.resources>>);
  return { run: built.run, dispose: () => tf.dispose(constants) };
}

const albedo = uniformTensor([1, 30, 3], 0.2, 0.9);
const inputs = () => ({
  vertices: tf.tensor(mesh.vertices, [1, 30, 3]), albedo: toTensor(albedo), light: tf.zeros([1, 27]),
});

check('renders what the host renders, at the default camera', () => expectNoLeak(() => {
  const { run, dispose } = build({ size: 24 });
  tf.tidy(() => {
    const { image, coverage } = run(inputs(), { draws: {}, training: false });
    const host = renderHost(mesh.vertices, mesh.triangles, albedo.data as Float32Array, new Float32Array(27), 24);
    close(image, host.image);
    close(coverage, host.coverage);
  });
  dispose();
}));

check('every option changes the picture', () => expectNoLeak(() => {
  const pictures = [{ size: 24 }, { size: 25 }, { size: 24, focal: 4 }, { size: 24, cameraDistance: 11 }].map((options) => {
    const { run, dispose } = build(options);
    const picture = tf.tidy(() => Array.from(run(inputs(), { draws: {}, training: false }).image.dataSync()).join());
    dispose();
    return picture;
  });
  assert.is(new Set(pictures).size, 4);
}));

test('a mesh whose triangles name missing vertices is refused before it runs', () => {
  assert.throws(() => build({ size: 8 }, Int32Array.of(0, 1, 30)), /triangle 0 names vertex 30, but there are 30 vertices/);
});

test.run();
