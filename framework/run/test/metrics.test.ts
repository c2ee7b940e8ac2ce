import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openAppendLog } from '../append-log.js';
import { logFiles, openRunLogs, readLines, readStepMetrics, readValidationMetrics, type StepMetrics } from '../metrics.js';
import { readEvents } from './read-events.js';

const folder = mkdtempSync(join(tmpdir(), 'flow-metrics-'));
test.after(() => rmSync(folder, { recursive: true }));

const metricsAt = (step: number): StepMetrics => ({ step, epoch: 0, learningRate: 0.1, gradientNorm: 2, values: { 'total.loss': 1 / step } });

test('logs are cut back to the offsets of a checkpoint and go on from there', () => {
  const path = join(folder, 'cut');
  const logs = openRunLogs(path, () => 5000);
  [1, 2].forEach((step) => logs.step(metricsAt(step)));
  logs.validation({ step: 2, samples: 3, values: { 'q.psnr': 20 } });
  const offsets = logs.offsets();
  const before = Object.values(logFiles).map((name) => readFileSync(join(path, name)).toString('hex'));
  logs.step(metricsAt(3));
  logs.timing({ step: 3, seconds: 1, waited: 0, elapsed: 1 });
  logs.close();
  appendFileSync(join(path, logFiles.metrics), '{"half": ');
  const again = openRunLogs(path, () => 6000);
  again.cutBack(offsets);
  assert.equal(Object.values(logFiles).map((name) => readFileSync(join(path, name)).toString('hex')), before);
  again.step(metricsAt(3));
  again.close();
  assert.equal(readStepMetrics(path).map(({ step }) => step), [1, 2, 3]);
  assert.equal(readValidationMetrics(path)[0]!.values, { 'q.psnr': 20 });
  const events = readEvents(readFileSync(join(path, logFiles.events)));
  assert.equal(events.map(({ step }) => step), [0, 1, 2, 2, 3]);
  assert.equal(Object.keys(events[1]!.scalars), ['train/total.loss', 'train/learningRate', 'train/gradientNorm']);
  assert.equal(events[3]!.scalars, { 'validate/q.psnr': 20 });
});

test('without a checkpoint everything is cut back', () => {
  const path = join(folder, 'empty');
  const logs = openRunLogs(path);
  logs.step(metricsAt(1));
  logs.cutBack({});
  assert.equal(readStepMetrics(path), []);
  assert.is(readFileSync(join(path, logFiles.events)).length, 0);
  logs.close();
});

test('a line that a crash cut short is left out', () => {
  const path = join(folder, 'lines.jsonl');
  appendFileSync(path, '{"a":1}\n{"a":2}\n{"a":');
  assert.equal(readLines(path), [{ a: 1 }, { a: 2 }]);
  assert.equal(readLines(join(folder, 'absent')), []);
});

test('a full disk is FLOW_DISK, with the file and the cure', () => {
  const log = openAppendLog('/dev/full');
  assert.throws(() => log.append('x'), (error: { code: string; fields: { who: string; cure: string } }) =>
    error.code === 'FLOW_DISK' && error.fields.who === '/dev/full' && /--resume/.test(error.fields.cure));
  log.close();
});

test.run();
