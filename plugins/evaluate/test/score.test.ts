import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { useEngine } from '../../../framework/device/index.js';
import { float32 } from '../../../framework/index.js';
import { close, runDeviceStage, testStage, uniformTensor } from '../../../framework/testing/index.js';
import { score } from '../contracts/methods.js';
import { imageQuality } from '../plugin.js';
import { stage as table } from '../stages/score-table.js';

const inputs = {
  reference: uniformTensor([2, 16, 16, 3], 0, 1, 1), region: uniformTensor([2, 16, 16, 1], 0, 1, 2), occluder: uniformTensor([2, 16, 16, 1], 0, 1, 3),
  model: uniformTensor([2, 16, 16, 3], 0, 1, 4), coarse: uniformTensor([2, 16, 16, 3], 0, 1, 5),
};
testStage('evaluate/score', score, { inputs });

test('each method has the PSNR of the whole, the visible and the occluded region, and the SSIM of the whole', async () => {
  await useEngine('wasm');
  const scores = await runDeviceStage(score, { inputs });
  assert.equal(Object.keys(scores), ['model', 'coarse']);
  const { reference, region, occluder } = inputs;
  const parts = [region, float32(region.data.map((value, at) => value * (1 - occluder.data[at])) as Float32Array, region.shape), float32(region.data.map((value, at) => value * occluder.data[at]) as Float32Array, region.shape)];
  for (const name of ['model', 'coarse'] as const) {
    const quality = await Promise.all(parts.map((part) => runDeviceStage(imageQuality, { inputs: { image: inputs[name], reference, region: part } })));
    const rows = [0, 1].flatMap((row) => [...quality.map(({ psnr }) => psnr!.data[row]), quality[0].ssim!.data[row]]);
    close(scores[name]!.data, rows, { rtol: 1e-5 });
  }
});

test('the table has a row for each method, groups and differences', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scores-'));
  const sink = await table.create({
    options: { title: 'Faces', differences: { gain: ['full', 'coarse'] } }, stage: 'table', folder, log: () => undefined, resource: () => { throw new Error('no resources'); },
  });
  for (const [key, person, group, full, coarse] of [['a', 'x', 'hand', 22, 20], ['b', 'y', 'card', 24, 21]] as const) {
    await sink.write({ person, group, full: float32([full, 1, 2, 0.5], [4]), coarse: float32([coarse, 1, 2, 0.25], [4]) } as never, { key, step: 0 });
  }
  await sink.close!({ step: 0 });
  const { metrics } = JSON.parse(await readFile(join(folder, 'table.json'), 'utf8')) as { metrics: Record<string, { mean: number; interval: number[] }> };
  assert.equal([metrics['full.psnr'].mean, metrics['coarse.ssim'].mean, metrics['full.psnr (hand)'].mean, metrics['gain.psnr'].mean], [23, 0.25, 22, 2.5]);
  assert.equal(metrics['gain.psnr'].interval, [2, 3]);
  const text = await readFile(join(folder, 'table.md'), 'utf8');
  assert.match(text, /## Faces\n\n\| method \| psnr \| psnrVisible \| psnrOccluded \| ssim \|\n.*\n\| full \| 23 \(22 … 24\) \|/);
  assert.match(text, /### By group\n\n\| method \| psnr \(hand\) \|/);
  assert.match(text, /\| gain\.psnr \| 2\.5 \| 2 … 3 \| 3\.536 \| 2 \|/);
  assert.match(await readFile(join(folder, 'table-samples.csv'), 'utf8'), /^key,person,full\.psnr,.*\na,x,22,/);
  await rm(folder, { recursive: true });
});

test.run();
