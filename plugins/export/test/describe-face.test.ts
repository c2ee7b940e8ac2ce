import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { float32 } from '../../../framework/index.js';
import { projectVertices } from '../../rasterizer/index.js';
import { describeFace } from '../host/describe-face.js';
import { stage } from '../stages/coefficients.js';
import { withFolder } from './samples.js';

const test = suite('export: coefficients');
/** Each value is its own place in the vector, but for the angles. */
const coefficients = Float32Array.from({ length: 257 }, (_, index) => index);
coefficients.set([0.1, -0.7, 0.25], 224);
coefficients.set([0.2, -0.1, 0.3], 254);
const near = (actual: number, expected: number, tolerance = 1e-6): void => assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

test('the groups hold what Deep3D has in their places', () => {
  const { coefficients: groups } = describeFace({ coefficients, size: 112 });
  assert.equal(Object.entries(groups).map(([name, values]) => [name, values.length, values[0]]), [
    ['identity', 80, 0], ['expression', 64, 80], ['albedo', 80, 144], ['angles', 3, 0.100000001], ['light', 27, 227], ['translation', 3, 0.200000003],
  ]);
});

test('pose and camera project points as the renderer does', () => {
  const { pose, camera } = describeFace({ coefficients, size: 112 });
  const point = [0.4, -0.3, 0.6];
  const world = pose.rotation.map((row, axis) => row[0]! * point[0]! + row[1]! * point[1]! + row[2]! * point[2]! + pose.translation[axis]!);
  const [column, row] = projectVertices(Float64Array.from(world), 112);
  const depth = camera.distance - world[2]!;
  near(camera.centre[0] + (camera.focal * world[0]!) / depth, column!);
  near(camera.centre[1] - (camera.focal * world[1]!) / depth, row!);
  // R = Rz·Ry·Rx: its last row is (−sin y, cos y sin x, cos y cos x).
  [Math.sin(0.7), Math.cos(0.7) * Math.sin(0.1), Math.cos(0.7) * Math.cos(0.1)].forEach((value, axis) => near(pose.rotation[2]![axis]!, value));
});

test('landmarks go back to the photo through the inverse of the alignment', () => {
  const transform = [0.5, 0.1, -20, -0.1, 0.5, 7];
  const photo = [[100, 40], [130.5, 62.25]] as const;
  const crop = photo.flatMap(([x, y]) => [0.5 * x + 0.1 * y - 20, -0.1 * x + 0.5 * y + 7]);
  const { landmarks } = describeFace({ coefficients, size: 112, landmarks: Float32Array.from(crop), transform });
  landmarks!.photo!.forEach(([x, y], index) => {
    near(x, photo[index]![0], 1e-4);
    near(y, photo[index]![1], 1e-4);
  });
  const without = describeFace({ coefficients, size: 112, landmarks: Float32Array.from(crop) });
  assert.equal(Object.keys(without.landmarks!), ['crop']);
  assert.throws(() => describeFace({ coefficients, size: 112, landmarks: Float32Array.from(crop), transform: [1, 2, 0, 2, 4, 0] }), 'no inverse');
});

test('the sink writes one JSON file a sample, without what is not connected', () => withFolder(async (folder) => {
  const sink = await stage.create({ options: { size: 64 }, stage: 'face', folder, log: () => undefined, resource: (() => undefined) as never });
  await sink.write({ coefficients: float32(coefficients, [257]), landmarks: undefined, transform: undefined }, { key: 'a', step: 0 });
  const written = JSON.parse(await readFile(join(folder, 'a.json'), 'utf8')) as Record<string, unknown>;
  assert.equal(Object.keys(written), ['key', 'coefficients', 'pose', 'camera']);
  assert.equal(written.camera, { size: 64, focal: 290, centre: [32, 32], distance: 10 });
  const broken = sink.write({
    coefficients: float32(coefficients, [257]), landmarks: float32(new Float32Array(136), [68, 2]), transform: float32(new Float32Array(6), [2, 3]),
  }, { key: 'b', step: 0 });
  assert.match(String(await broken.catch((error: unknown) => error)), 'no inverse');
}));

test.run();
