import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deep3dCamera, projectVertices } from '../host/camera.js';
import { rasterizeHost } from '../host/render.js';

const test = suite('camera');
const project = (point: number[], size = 224): number[] => Array.from(projectVertices(Float64Array.from(point), size));

test('convention: the optical axis meets the middle of the image, at a continuous coordinate of half the size', () => {
  assert.equal(project([0, 0, 0]), [112, 112, 10]);
  assert.equal(project([0, 0, 0], 7), [3.5, 3.5, 10]);
});

test('convention: focal length 1015 px at 224 px, scaled with the size', () => {
  assert.is(deep3dCamera.focal * 224, 1015);
  assert.equal(project([1, 0, 0]), [112 + 101.5, 112, 10]);
  assert.equal(project([1, 0, 0], 112), [56 + 50.75, 56, 10]);
});

test('convention: x goes right, y goes up while rows go down, z comes nearer', () => {
  assert.equal(project([0, 1, 0]), [112, 112 - 101.5, 10]);
  assert.equal(project([1, 0, 5]), [112 + 203, 112, 5]);
});

test('convention: Deep3D vertical field of view is 12.5936 degrees', () => {
  const halfAngle = Math.atan(112 / 1015);
  assert.ok(Math.abs((2 * halfAngle * 180) / Math.PI - 12.5936) < 5e-5);
  const [, top] = project([0, 10 * Math.tan(halfAngle), 0]);
  assert.ok(Math.abs(top!) < 1e-9);
});

test('convention: pixel centres lie at i + 0.5', () => {
  const dm = (pixels: number): number => (pixels * 10) / (deep3dCamera.focal * 8);
  const spot = (column: number, row: number, radius: number): Float64Array => Float64Array.from(
    [[-radius, radius], [radius, radius], [0, -radius]].flatMap(([x, y]) => [dm(column + x! - 4), dm(4 - row - y!), 0]),
  );
  const covered = (vertices: Float64Array): number[] => {
    const { ids } = rasterizeHost(vertices, Int32Array.of(0, 1, 2), 8);
    return [...ids.keys()].filter((pixel) => ids[pixel]! >= 0);
  };
  assert.equal(covered(spot(5.5, 2.5, 0.1)), [2 * 8 + 5]);
  assert.equal(covered(spot(5, 2, 0.3)), [], 'between four centres nothing is drawn');
  assert.equal(covered(spot(5, 2, 0.4)), [], 'nor half-way to them');
});

test.run();
