import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { float32 } from '../../../framework/index.js';
import { useEngine } from '../../../framework/device/index.js';
import { close, runDeviceStage, testStage } from '../../../framework/testing/index.js';
import { regions } from '../plugin.js';

// The ports are square images; two samples.
const mask = float32([1, 1, 0, 0.5, 1, 0, 1, 1], [2, 2, 2, 1]);
const occluder = float32([1, 0, 1, 1, 0, 0, 1, 0], [2, 2, 2, 1]);

testStage('regions', regions, { inputs: { mask, occluder } });

test('visible and occluded lie beside and under the occluder, and add up to the mask', async () => {
  await useEngine('wasm');
  const { whole, visible, occluded } = await runDeviceStage(regions, { inputs: { mask, occluder } });
  close(whole!, mask);
  close(visible!.data, [0, 1, 0, 0, 1, 0, 0, 1]);
  close(occluded!.data, [1, 0, 0, 0.5, 0, 0, 1, 0]);
});

test('with coverage the region is where the model covers the mask', async () => {
  await useEngine('wasm');
  const coverage = float32([0, 1, 1, 1, 0.5, 1, 0, 1], [2, 2, 2, 1]);
  const { whole, visible, occluded } = await runDeviceStage(regions, { inputs: { mask, occluder, coverage } });
  close(whole!.data, [0, 1, 0, 0.5, 0.5, 0, 0, 1]);
  close(visible!.data, [0, 1, 0, 0, 0.5, 0, 0, 1]);
  close(occluded!.data, [0, 0, 0, 0.5, 0, 0, 0, 0]);
});

test('an occluder of another size is refused', async () => {
  await useEngine('wasm');
  const larger = float32(new Float32Array(18), [2, 3, 3, 1]);
  await runDeviceStage(regions, { inputs: { mask, occluder: larger } }).then(() => assert.unreachable(), (error: Error) => assert.match(error.message, /shape|conflict|2/));
});

test.run();
