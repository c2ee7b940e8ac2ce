import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareRuns, summariseRun, type RunSummary } from '../compare.js';
import { formatComparison } from '../comparison-text.js';
import { flattenDocument } from '../document-difference.js';
import { meanSamples, pairedDifferences } from '../paired-differences.js';
import { createRunFolder } from '../run-folder.js';
import { readSinkSamples } from '../sink-samples.js';

const folder = mkdtempSync(join(tmpdir(), 'flow-paired-'));
test.after(() => rmSync(folder, { recursive: true }));

function writeSamples(root: string, name: string, text: string): void {
  mkdirSync(join(root, 'table'), { recursive: true });
  writeFileSync(join(root, 'table', name), text);
}

const samplesOf = (values: Readonly<Record<string, number>>, people: Readonly<Record<string, string>> = {}) =>
  new Map([['table/psnr', new Map(Object.entries(values).map(([key, value]) => [key, { group: people[key] ?? key, value }]))]]);

test('samples are read with their people; the last file counts; quoted keys, empty cells and values that are no numbers', () => {
  const root = join(folder, 'samples');
  writeSamples(root, 'table-000100-samples.csv', 'key,person,psnr\nold,x,1\n');
  writeSamples(root, 'table-000200-samples.csv', 'key,person,psnr,ssim\n"a, ""1""",x,20,0.5\nb,,21,NaN\nc,x,,0.25\n');
  const samples = readSinkSamples(root);
  assert.equal([...samples.get('table/psnr')!], [['a, "1"', { group: 'x', value: 20 }], ['b', { group: 'b', value: 21 }]]);
  assert.equal([...samples.get('table/ssim')!].map(([key]) => key), ['a, "1"', 'c']);
  assert.is(readSinkSamples(join(folder, 'absent')).size, 0);
});

test('differences are over the samples that both have', () => {
  const { 'table/psnr': psnr } = pairedDifferences(samplesOf({ a: 22, b: 24, c: 99 }), samplesOf({ a: 21, b: 21, d: 0 }));
  assert.equal(psnr, { mean: 2, interval: [1, 3], count: 2 });
  assert.equal(pairedDifferences(samplesOf({ a: 1 }), samplesOf({ b: 1 })), {});
});

test('photos of one person are drawn together, and seeds are averaged first', () => {
  const one = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`k${at}`, at < 6 ? 1 : 3]));
  const people = Object.fromEntries(Object.keys(one).map((key, at) => [key, at < 6 ? 'x' : 'y']));
  const zero = Object.fromEntries(Object.keys(one).map((key) => [key, 0]));
  // Two people: drawn twice the one, 1; twice the other, 3.
  assert.equal(pairedDifferences(samplesOf(one, people), samplesOf(zero, people))['table/psnr']!.interval, [1, 3]);
  assert.equal([...meanSamples([samplesOf({ a: 1, b: 2 }), samplesOf({ a: 3 })]).get('table/psnr')!].map(([, { value }]) => value), [2, 2]);
});

const run = (name: string, n: number, samples: Record<string, number>): RunSummary => ({
  name, pipeline: 'evaluate', steps: 0, document: flattenDocument({ n }), values: { 'table/psnr': n }, intervals: { 'table/psnr': [n - 1, n + 1] }, samples: samplesOf(samples),
});

test('every format shows intervals, and differences from the first row', () => {
  const comparison = compareRuns([run('base', 20, { a: 19, b: 21 }), run('full', 22, { a: 20, b: 24 })]);
  assert.equal(comparison.rows.map(({ differences }) => differences), [undefined, { 'table/psnr': { mean: 2, interval: [1, 3], count: 2 } }]);
  assert.match(formatComparison(comparison, 'text'), /22 \(21 … 23\)[^]*minus evaluate\/base +evaluate\/full +samples\n.*\ntable\/psnr +2 \(1 … 3\) +2\n/);
  assert.match(formatComparison(comparison, 'markdown'), /\| table\/psnr \| 2 \(1 … 3\) \| 2 \|/);
  assert.match(formatComparison(comparison, 'latex'), /table\/psnr & 2 \(1 … 3\) & 2/);
  const [head, base, full] = formatComparison(comparison, 'csv').split('\n');
  assert.match(head!, /table\/psnr low,table\/psnr high,table\/psnr difference,table\/psnr difference low,table\/psnr difference high,table\/psnr difference samples$/);
  assert.match(base!, /,19,21,,,,0$/);
  assert.match(full!, /,21,23,2,1,3,2$/);
});

test('a run is read with the intervals and samples of its sinks', () => {
  const own = createRunFolder(join(folder, 'runs'), 'evaluate', 'one');
  own.writeRecord({} as never);
  writeFileSync(own.file('pipeline.yaml'), 'flow: 1\n');
  writeSamples(own.samples, 'table.json', JSON.stringify({ samples: 1, metrics: { psnr: { mean: 20, deviation: null, count: 1, interval: [19, 21] }, auc: { mean: 0.9, deviation: null, count: 1, interval: [null, null] } } }));
  writeSamples(own.samples, 'table-samples.csv', 'key,psnr\na,20\n');
  const { intervals, samples, values } = summariseRun(own);
  assert.equal([intervals, values], [{ 'table/psnr': [19, 21] }, { 'table/psnr': 20, 'table/auc': 0.9 }]);
  assert.is(samples!.get('table/psnr')!.get('a')!.value, 20);
});

test.run();
