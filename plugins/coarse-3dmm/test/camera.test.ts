import * as assert from 'uvu/assert';
import { tf } from '../../../framework/device/index.js';
import { checkGradient, close, normalTensor, testOperator, toTensor } from '../../../framework/testing/index.js';
import { deep3dCamera, projectVertices } from '../../rasterizer/index.js';
import { projectPoints } from '../maths/camera.js';

const points = normalTensor([2, 7, 3], 'points');

testOperator('projectPoints', {
  runs: () => tf.tidy(() => void projectPoints(toTensor(points), 224)),
  shapes: () => tf.tidy(() => assert.equal(projectPoints(toTensor(points), 224).shape, [2, 7, 2])),
  refuses: () => tf.tidy(() => assert.throws(() => projectPoints(tf.zeros([2, 7, 2]), 224), /"points" has a wrong shape/)),
  values: () => tf.tidy(() => {
    // Deep3D: 1015 px at 224 px, camera at z = 10; the field of view is 2 atan(112 / 1015) = 12.5936 degrees.
    assert.is((2 * Math.atan(0.5 / deep3dCamera.focal) * 180 / Math.PI).toFixed(4), '12.5936');
    close(projectPoints(tf.tensor([[[0, 0, 0], [1, 0.5, 0], [1, 0.5, 5]]]), 224), [112, 112, 112 + 101.5, 112 - 50.75, 112 + 203, 112 - 101.5]);
    const expected = projectVertices(Float64Array.from(points.data), 131).filter((_, at) => at % 3 < 2);
    close(projectPoints(toTensor(points), 131), expected);
  }),
  gradient: async () => void (await checkGradient((x) => projectPoints(x, 9), [points])),
  batch: () => tf.tidy(() => {
    const both = projectPoints(toTensor(points), 64);
    for (let sample = 0; sample < 2; sample++) {
      close(both.slice([sample], [1]), projectPoints(toTensor(points).slice([sample], [1]), 64));
    }
  }),
});
