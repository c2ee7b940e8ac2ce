import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { float32 } from '../../../framework/index.js';
import { YawBins } from '../host/yaw-bins.js';
import { stage } from '../stages/nme-table.js';

const radians = (degrees: number): number => (degrees * Math.PI) / 180;
/** Degrees of yaw and errors; means 0.03, 0.04 and 0.08. */
const samples = [[0, 0.02], [-29.9, 0.04], [31, 0.03], [-45, 0.05], [59.9, 0.04], [60.1, 0.07], [-88, 0.09]] as const;

test('means by |yaw|, and the plain mean and deviation of the three', () => {
  const bins = new YawBins();
  samples.forEach(([yaw, error]) => bins.add(radians(yaw), { error }));
  bins.add(radians(10), { error: NaN });
  const { bins: means, counts, balanced, deviation, all } = bins.summary('error');
  assert.equal(means.map((value) => value.toFixed(6)), ['0.030000', '0.040000', '0.080000']);
  assert.equal(counts, [2, 3, 2]);
  assert.is(balanced.toFixed(6), '0.050000');
  // numpy: np.std([0.03, 0.04, 0.08])
  assert.is(deviation.toFixed(7), '0.0216025');
  assert.is(all.toFixed(7), (0.34 / 7).toFixed(7));
});

test('a bin without samples leaves the balanced mean open', () => {
  const bins = new YawBins();
  bins.add(0, { error: 0.1 });
  const { balanced, all } = bins.summary('error');
  assert.ok(Number.isNaN(balanced) && all === 0.1);
  assert.match(bins.toMarkdown('T'), /\| error \| 10\.00 \(1\) \| – \(0\) \| – \(0\) \| – \| – \| 10\.00 \|/);
});

test('the sink writes JSON, CSV and Markdown of every connected error', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nme-'));
  const sink = await stage.create({ options: { title: 'By yaw' }, stage: 'table', folder, log: () => undefined, resource: () => { throw new Error('no resources'); } });
  for (const [yaw, error] of samples) await sink.write({ yaw: float32([radians(yaw)], []), model: float32([error], []), coarse: float32([2 * error], []) } as never, { key: `${yaw}`, step: 0 });
  await sink.close!({ step: 0 });
  const { samples: count, errors } = JSON.parse(await readFile(join(folder, 'nme.json'), 'utf8')) as { samples: number; errors: Record<string, { balanced: number }> };
  assert.is(count, 7);
  assert.equal(Object.entries(errors).map(([name, { balanced }]) => `${name} ${balanced.toFixed(4)}`), ['model 0.0500', 'coarse 0.1000']);
  assert.match(await readFile(join(folder, 'nme.md'), 'utf8'), /\| model \| 3\.00 \(2\) \| 4\.00 \(3\) \| 8\.00 \(2\) \| 5\.00 \| 2\.16 \|/);
  assert.is((await readFile(join(folder, 'nme.csv'), 'utf8')).split('\n').length, 4);
  await rm(folder, { recursive: true });
});

test.run();
