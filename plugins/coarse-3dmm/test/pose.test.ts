import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFor } from '../../../framework/index.js';
import { close } from '../../../framework/testing/index.js';
import { projectVertices } from '../../rasterizer/index.js';
import { firstPose, posePoints, rotationDerivatives, rotationOf, type Pose } from '../host/fit/pose.js';

const angles = [0.3, -0.7, 0.4] as const;

test('convention: R = Rz Ry Rx is a rotation whose columns are the turned axes', () => {
  const r = rotationOf(angles);
  for (let row = 0; row < 3; row++) {
    for (let other = 0; other < 3; other++) {
      const product = [0, 1, 2].reduce((sum, k) => sum + r[row * 3 + k]! * r[other * 3 + k]!, 0);
      assert.ok(Math.abs(product - (row === other ? 1 : 0)) < 1e-12);
    }
  }
  // The roll is last, so about z alone it turns x towards y.
  close(rotationOf([0, 0, Math.PI / 2]), [0, -1, 0, 1, 0, 0, 0, 0, 1]);
  close(rotationOf([Math.PI / 2, 0, 0]), [1, 0, 0, 0, 0, -1, 0, 1, 0]);
  close(rotationOf([0, Math.PI / 2, 0]), [0, 0, 1, 0, 1, 0, -1, 0, 0]);
});

test('derivatives are what the values say', () => {
  rotationDerivatives(angles).forEach((derivative, axis) => {
    const moved = (step: number): Float64Array => rotationOf(angles.map((angle, index) => angle + (index === axis ? step : 0)) as unknown as Pose['angles']);
    const [ahead, behind] = [moved(1e-5), moved(-1e-5)];
    close(derivative, ahead.map((value, at) => (value - behind[at]!) / 2e-5), { atol: 1e-8 });
  });
});

test('the first guess finds a pose from its own pixels, up to the perspective that it leaves out', () => {
  const random = randomFor('pose test');
  const points = Float64Array.from({ length: 300 }, (_, at) => (at % 3 === 2 ? 0.3 : 0.7) * random.normal());
  const truth: Pose = { angles: [0.2, -0.5, 0.3], translation: [0.1, -0.05, 0.3] };
  const projected = projectVertices(posePoints(points, truth), 224);
  const pixels = projected.filter((_, at) => at % 3 < 2);
  const pose = firstPose(points, pixels, new Float32Array(100).fill(1), 224);
  close(pose.angles, truth.angles, { atol: 0.05 });
  close(pose.translation, truth.translation, { atol: 0.15 });
});

test.run();
