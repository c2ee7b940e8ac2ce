import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFor } from '../../values/random.js';
import { summariseRun } from '../compare.js';
import { lineChart, niceTicks, shortNumber } from '../chart.js';
import { openRunLogs } from '../metrics.js';
import { writeReport } from '../report.js';
import { createRunFolder, openRunFolder, type RunFolder } from '../run-folder.js';

const root = process.env['REPORT_FOLDER'] ?? mkdtempSync(join(tmpdir(), 'flow-report-'));
test.after(() => {
  if (!process.env['REPORT_FOLDER']) rmSync(root, { recursive: true });
});

async function finishedRun(): Promise<RunFolder> {
  const folder = createRunFolder(root, 'toy-regression', 'swift-otter');
  const random = randomFor('report');
  const logs = openRunLogs(folder.path);
  for (let step = 1; step <= 400; step++) {
    const loss = 2 * Math.exp(-step / 80) + 0.05 + 0.1 * random.uniform();
    const values = { 'total.loss': step === 77 ? null : loss, 'total.photometric': loss * 0.8, 'total.<identity>': 0.2 * loss + 0.01 * random.normal() };
    logs.step({ step, epoch: Math.floor(step / 50), learningRate: 1e-3 * 0.9 ** Math.floor(step / 50), gradientNorm: 3000 * Math.exp(-step / 50), values, ...(step === 77 ? { action: 'skipStep' as const } : {}) });
    logs.timing({ step, seconds: 0.2 + 0.05 * random.uniform(), waited: 0.003, elapsed: step * 0.22 });
    if (step % 100 === 0) logs.validation({ step, samples: 12, values: { 'quality.psnr': 20 + step / 100 - (step === 400 ? 1 : 0) } });
  }
  logs.close();
  mkdirSync(join(folder.samples, 'sheet'), { recursive: true });
  for (const step of [100, 300, 400]) {
    const overlay = { create: { width: 500, height: 120, channels: 3 as const, background: { r: step / 2, g: 120, b: 160 } } };
    await sharp(overlay).png().toFile(join(folder.samples, 'sheet', `step-${step}.png`));
  }
  mkdirSync(join(folder.samples, 'table'));
  writeFileSync(join(folder.samples, 'table', 'table-000400.json'), JSON.stringify({ samples: 12, metrics: { modelPsnr: { mean: 22.25, deviation: 1.5, count: 12 } } }));
  writeFileSync(folder.file('quarantine.jsonl'), `${JSON.stringify({ key: 'photo 3', stage: 'align', code: 'FLOW_SAMPLE', message: 'no <face> found' })}\n`);
  writeFileSync(folder.file('pipeline.yaml'), 'flow: 1\nstages:\n  total: { use: losses/total }\n');
  folder.writeRecord({
    pipeline: folder.pipeline, name: folder.name, file: 'example/pipeline.yaml', state: 'finished', created: '2026-01-02T03:04:05.000Z', seed: 1,
    sessions: [{ started: '2026-01-02T03:04:05.000Z' }], planDigest: 'a1b2c3', dataDigest: 'd4e5', best: { step: 300, value: 23 },
    engine: { name: 'wasm', deterministic: true, description: 'WebAssembly with SIMD, 1 thread' }, versions: { flow: '0.1.0', losses: '0.1.0' },
    variables: { count: 12, numbers: 1234567, trainable: 1200000 }, git: { commit: 'd569626', dirty: true },
    system: { node: 'v20.19.0', platform: 'linux 6.1', cpu: 'A processor', cores: 2, memoryGiB: 8 },
  });
  return folder;
}

test('the report holds every number, term, picture and circumstance, and nothing from outside', async () => {
  const html = readFileSync(writeReport(await finishedRun()), 'utf8');
  for (const text of ['total.photometric', 'total.&lt;identity&gt;', 'quality.psnr', 'no &lt;face&gt; found', 'step-300.png', '77 (skipStep)', 'use: losses/total', 'a1b2c3', '<td>modelPsnr</td><td>22.25</td><td>1.5</td><td>12</td>']) {
    assert.ok(html.includes(text), text);
  }
  assert.is(html.match(/<img [^>]*src="data:image\/png;base64,/g)!.length, 3);
  assert.ok(html.indexOf('step-400.png') < html.indexOf('step-300.png'));
  assert.not.match(html, /(src|href)="(?!data:)/);
  assert.not.match(html, /<script/);
  assert.not.match(html, /NaN|undefined/);
});

test('a comparison reads the same folder: last validation or best, what sinks measured, training means', async () => {
  const folder = openRunFolder(join(root, 'toy-regression', 'swift-otter'));
  const { values, steps } = summariseRun(folder);
  assert.is(steps, 400);
  assert.is(values['quality.psnr'], 23);
  assert.is(values['table/modelPsnr'], 22.25);
  assert.ok(Math.abs(values['train/total.loss']! - 0.115) < 0.03);
  assert.is(summariseRun(folder, { at: 'best' }).values['quality.psnr'], 23);
  assert.equal(Object.keys(summariseRun(folder, { metrics: /psnr$/ }).values), ['quality.psnr']);
});

test('a failed run without a step has a report too', () => {
  const folder = createRunFolder(root, 'toy-regression', 'failed-early');
  folder.writeRecord({
    pipeline: 'toy-regression', name: 'failed-early', file: 'p.yaml', state: 'failed', created: '2026-01-02T03:04:05.000Z', seed: 1, sessions: [], planDigest: 'a',
    engine: { name: 'cpu', deterministic: true }, versions: {}, system: { node: 'v20', platform: 'linux', cpu: 'c', cores: 2, memoryGiB: 8 },
    error: { code: 'FLOW_DISK', message: 'The disk is full.', cure: 'Free some space.' },
  });
  const html = readFileSync(writeReport(folder), 'utf8');
  assert.match(html, /badge failed/);
  assert.match(html, /The disk is full\.\nFree some space\./);
});

test('ticks are round numbers inside the range', () => {
  assert.equal(niceTicks(0, 1, 4), [0, 0.5, 1]);
  assert.equal(niceTicks(-0.35, 0.35, 4), [-0.2, 0, 0.2]);
  assert.equal(niceTicks(3, 1970, 4), [500, 1000, 1500]);
  assert.equal([0, 1234567, 0.000123, 12.34567].map(shortNumber), ['0', '1.23e6', '1.23e-4', '12.35']);
});

test('a chart passes through its extremes and breaks at a gap', () => {
  const svg = lineChart([{ x: 1, y: 0 }, { x: 2, y: NaN }, { x: 3, y: 10 }, { x: 4, y: 5 }], { title: 'a "b"' });
  assert.is(svg.match(/class="line" d="([^"]*)"/)![1]!.match(/M/g)!.length, 2);
  assert.match(svg, /aria-label="a &quot;b&quot;"/);
  assert.match(lineChart([{ x: 1, y: NaN }], { title: 't' }), /no values/);
});

test.run();
