import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { float32, type FlowError } from '../../../framework/index.js';
import { stage } from '../stages/table.js';

let folder = '';
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'table-'));
});
test.after(() => rm(folder, { recursive: true }));

const open = (place: string) => stage.create({
  options: { title: 'Test faces', differences: {} }, stage: 'table', folder: place, log: () => undefined, resource: () => { throw new Error('no resources'); },
});

test('mean, standard deviation and count of each metric; samples in the order of their keys', async () => {
  const sink = await open(folder);
  const rows = [['b', 20, 0.5], ['a', 22, 0.7], ['c,d', 27, Number.NaN]] as const;
  for (const [key, psnr, ssim] of rows) await sink.write({ psnr: float32([psnr], []), ssim: float32([ssim], []) } as never, { key, step: 0 });
  await sink.close!({ step: 0 });
  const { samples, metrics } = JSON.parse(await readFile(join(folder, 'table.json'), 'utf8')) as { samples: number; metrics: Record<string, Record<string, number>> };
  assert.is(samples, 3);
  assert.is(metrics.psnr.mean, 23);
  assert.is(metrics.psnr.deviation.toFixed(6), Math.sqrt(13).toFixed(6));
  assert.is(metrics.psnr.count, 3);
  assert.equal([metrics.ssim.count, metrics.ssim.nonFinite, metrics.ssim.mean.toFixed(4)], [2, 1, '0.6000']);
  assert.is(await readFile(join(folder, 'table.csv'), 'utf8').then((text) => text.split('\n')[0]), 'metric,mean,sd,low,high,count,nonFinite');
  assert.match(await readFile(join(folder, 'table.md'), 'utf8'), /## Test faces\n\n\| metric .*\n.*\n\| psnr \| 23 \| 20 … 27 \| 3\.606 \| 3 \|/);
  assert.equal((await readFile(join(folder, 'table-samples.csv'), 'utf8')).split('\n').slice(0, 4), ['key,psnr,ssim', 'a,22,0.699999988079071', 'b,20,0.5', '"c,d",27,NaN']);
});

test('each occasion of a training run gets files of its own, and starts anew', async () => {
  const sink = await open(join(folder, 'run'));
  for (const step of [100, 200]) {
    await sink.write({ psnr: float32([step], []) } as never, { key: 'a', step });
    await sink.close!({ step });
  }
  const second = JSON.parse(await readFile(join(folder, 'run', 'table-000200.json'), 'utf8')) as { metrics: { psnr: { mean: number; count: number } } };
  assert.equal([second.metrics.psnr.mean, second.metrics.psnr.count], [200, 1]);
  assert.ok((await readdir(join(folder, 'run'))).every((file) => !file.endsWith('.partial')));
});

test('a folder that cannot be written is answered with FLOW_DISK', async () => {
  await writeFile(join(folder, 'in-the-way'), '');
  const sink = await open(join(folder, 'in-the-way'));
  try {
    await sink.close!({ step: 0 });
    assert.unreachable();
  } catch (error) {
    assert.is((error as FlowError).code, 'FLOW_DISK');
  }
});

test('with a group every metric comes once more for each group', async () => {
  const sink = await open(folder);
  for (const [key, group, iou] of [['a', 'hand', 0.5], ['b', 'hair', 0.9], ['c', 'hand', 0.7]] as const) await sink.write({ group, iou: float32([iou], []) } as never, { key, step: 0 });
  await sink.close!({ step: 0 });
  const { metrics } = JSON.parse(await readFile(join(folder, 'table.json'), 'utf8')) as { metrics: Record<string, { mean: number; count: number }> };
  assert.equal(Object.entries(metrics).map(([name, { mean, count }]) => [name, mean.toFixed(2), count]), [['iou', '0.70', 3], ['iou (hand)', '0.60', 2], ['iou (hair)', '0.90', 1]]);
});

test('differences are taken sample by sample', async () => {
  const sink = await stage.create({
    options: { title: 'Test faces', differences: { gain: ['model', 'coarse'] } }, stage: 'table', folder, log: () => undefined, resource: () => { throw new Error('no resources'); },
  });
  for (const [key, model, coarse] of [['a', 21, 20], ['b', 30, 27]] as const) await sink.write({ person: key, model: float32([model], []), coarse: float32([coarse], []) } as never, { key, step: 0 });
  await sink.close!({ step: 0 });
  const { metrics } = JSON.parse(await readFile(join(folder, 'table.json'), 'utf8')) as { metrics: Record<string, { mean: number; deviation: number; interval: number[] }> };
  assert.equal([metrics.gain.mean, metrics.gain.deviation.toFixed(3), metrics.gain.interval], [2, '1.414', [1, 3]]);
});

test.run();
