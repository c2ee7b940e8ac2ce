import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { float32 } from 'faceflow';
import { runDeviceStage, runHostStage, testStage } from 'faceflow/testing';
import { useEngine } from 'faceflow/device';
import { line, squaredError, standardise } from '../src/plugin.js';

await useEngine('auto');

// Conformance: options, declared shapes, determinism, a gradient for every variable, no tensor left behind.
testStage('line', line, { inputs: { x: float32([0.1, -0.4, 0.7], [3]) } });
testStage('squared-error', squaredError, { inputs: { prediction: float32([1, 2], [2]), target: float32([0, 2], [2]) } });

test('standardise subtracts the mean and divides by the scale', async () => {
  const { x } = await runHostStage(standardise, { inputs: { x: float32([2], []) }, options: { mean: 1, scale: 4 } });
  assert.is((x as { data: Float32Array }).data[0], 0.25);
});

test('the squared error of each sample', async () => {
  const { value } = await runDeviceStage(squaredError, { inputs: { prediction: float32([1, 5], [2]), target: float32([0, 2], [2]) } });
  assert.equal([...value!.data], [1, 9]);
});

test.run();
