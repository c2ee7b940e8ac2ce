import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { useEngine } from '../../../framework/device/index.js';
import { float32 } from '../../../framework/index.js';
import { close, normalTensor, runDeviceStage, testStage } from '../../../framework/testing/index.js';
import { decode, landmarks } from '../contracts.js';
import { builtFace } from './built-face.js';

const face = await builtFace();
const noise = normalTensor([3, 257], 'landmarks');
const coefficients = float32((noise.data as Float32Array).map((value) => 0.3 * value), [3, 257]);
const given = { options: { size: 96 }, dimensions: { 'face.vertices': face.vertexCount }, resources: { face }, inputs: { coefficients } };

testStage('coarse-3dmm/landmarks', landmarks, given);

test.before(async () => {
  await useEngine('wasm');
});

test('landmarks, their box and the yaw are those of the whole decoder', async () => {
  const [few, whole] = [await runDeviceStage(landmarks, given), await runDeviceStage(decode, given)];
  close(few.landmarks!, whole.landmarks!, { atol: 1e-3 });
  for (let sample = 0; sample < 3; sample++) {
    const points = Array.from(whole.landmarks!.data.slice(sample * 136, (sample + 1) * 136));
    const [columns, rows] = [0, 1].map((axis) => points.filter((_, at) => at % 2 === axis)) as [number[], number[]];
    const box = [Math.min(...columns), Math.min(...rows), Math.max(...columns) - Math.min(...columns), Math.max(...rows) - Math.min(...rows)];
    close(few.box!.data.slice(sample * 4, sample * 4 + 4) as Float32Array, box, { atol: 1e-3 });
    assert.is(few.yaw!.data[sample], coefficients.data[sample * 257 + 225]);
  }
});

test.run();
