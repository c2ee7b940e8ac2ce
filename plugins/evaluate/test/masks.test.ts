import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { float32 } from '../../../framework/index.js';
import { runDeviceStage, testStage, uniformTensor } from '../../../framework/testing/index.js';
import { useEngine } from '../../../framework/device/index.js';
import { maskOverlap, showMask } from '../plugin.js';

const square = [2, 4, 4, 1];
const inputs = { mask: uniformTensor(square, 0, 1, 'mask'), reference: uniformTensor(square, 0, 1, 'reference'), weight: uniformTensor(square, 0, 1, 'weight') };

testStage('evaluate/mask-overlap', maskOverlap, { inputs });
testStage('evaluate/show-mask', showMask, { inputs: { image: uniformTensor([2, 4, 4, 3], 0, 1), mask: inputs.mask } });

test.before(async () => {
  await useEngine('wasm');
});

/** Two rows of pixels each: [1, 2, 2, 1]. */
const of = (...values: number[]): ReturnType<typeof float32> => float32(values, [1, 2, 2, 1]);

test('intersection over union and recall, with weights; half is not marked', async () => {
  const plain = await runDeviceStage(maskOverlap, { inputs: { mask: of(0.9, 0.6, 0.5, 0), reference: of(1, 0, 1, 0) } });
  assert.equal([plain.iou!.data[0], plain.recall!.data[0]], [Math.fround(1 / 3), 0.5]);
  const weighted = await runDeviceStage(maskOverlap, { inputs: { mask: of(0.9, 0.6, 0.5, 0), reference: of(1, 0, 1, 0), weight: of(1, 0, 0.5, 1) } });
  assert.equal([weighted.iou!.data[0], weighted.recall!.data[0]].map((value) => value!.toFixed(5)), [(1 / 1.5).toFixed(5), (1 / 1.5).toFixed(5)]);
});

test('an empty reference has no recall, and no overlap when nothing is marked either', async () => {
  const marked = await runDeviceStage(maskOverlap, { inputs: { mask: of(1, 0, 0, 0), reference: of(0, 0, 0, 0) } });
  assert.is(marked.iou!.data[0], 0);
  assert.ok(Number.isNaN(marked.recall!.data[0]));
  const empty = await runDeviceStage(maskOverlap, { inputs: { mask: of(0, 0, 0, 0), reference: of(0, 0, 0, 0) } });
  assert.ok(Number.isNaN(empty.iou!.data[0]));
});

test('what a mask marks is shown as it is, the rest dark blue', async () => {
  const image = float32(Float32Array.from({ length: 12 }, (_, at) => at / 12), [1, 2, 2, 3]);
  const shown = await runDeviceStage(showMask, { inputs: { image, mask: of(1, 0, 1, 0) } });
  for (const [at, value] of image.data.entries()) {
    const wanted = Math.floor(at / 3) % 2 === 0 ? value : 0.3 * value + (at % 3 === 2 ? 0.35 : 0);
    assert.ok(Math.abs(shown.image!.data[at]! - wanted) < 1e-6);
  }
});

test.run();
