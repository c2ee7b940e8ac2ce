import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareRuns, statisticOf, type RunSummary } from '../compare.js';
import { formatComparison, formatStatistic } from '../comparison-text.js';
import { differingPaths, flattenDocument } from '../document-difference.js';

function run(name: string, document: object, value: number, pipeline = 'full'): RunSummary {
  return { name, pipeline, steps: 100, document: flattenDocument(document), values: { 'q.psnr': value } };
}

const base = { train: { optimizer: { adam: { learningRate: 0.001 } } }, stages: { a: { use: 'x/y', with: { n: 3 } }, b: { use: 'x|z' } } };
const lower = { ...base, train: { optimizer: { adam: { learningRate: 0.0001 } } } };
const without = { ...base, stages: { a: base.stages.a } };

const runs = [
  run('one', { ...base, seed: 1 }, 20), run('two', { ...base, seed: 2 }, 22), run('three', { ...base, seed: 3 }, 24),
  run('four', { ...lower, seed: 1 }, 19.5), run('five', { ...without, seed: 1 }, 18, 'ablation_b'),
];

test('runs that differ in the seed alone are one row with mean and sample deviation', () => {
  const { rows, parameters, metrics } = compareRuns(runs);
  assert.equal(rows.map((row) => row.runs), [['one', 'two', 'three'], ['four'], ['five']]);
  assert.equal(rows[0]!.metrics['q.psnr'], { mean: 22, sd: 2, count: 3 });
  assert.equal(rows[1]!.metrics['q.psnr'], { mean: 19.5, sd: null, count: 1 });
  assert.equal(metrics, ['q.psnr']);
  assert.equal(parameters, ['stages.b', 'train.optimizer.adam.learningRate']);
  assert.equal(rows[2]!.parameters, { 'stages.b': 'absent', 'train.optimizer.adam.learningRate': '0.001' });
  assert.equal(rows[0]!.parameters['stages.b'], 'present');
});

test('differences name the highest subtree that is absent', () => {
  const paths = differingPaths([flattenDocument({ a: { b: { c: 1, d: 2 } }, e: [1] }), flattenDocument({ a: {}, e: [2] })]);
  assert.equal(paths, ['a', 'a.b', 'e']);
});

test('numbers are rounded by their deviation', () => {
  assert.is(formatStatistic({ mean: 0.12345, sd: 0.0021, count: 3 }), '0.1235 ± 0.0021');
  assert.is(formatStatistic({ mean: 1234.5, sd: 25, count: 3 }), '1235 ± 25');
  assert.is(formatStatistic({ mean: 1234.56, sd: null, count: 1 }), '1235');
  assert.equal(statisticOf([1, 2, 3, 4]), { mean: 2.5, sd: Math.sqrt(5 / 3), count: 4 });
});

test('every format holds every row', () => {
  const comparison = compareRuns(runs);
  const text = formatComparison(comparison, 'text').split('\n');
  assert.match(text[2]!, /^full +3 seeds +100 +present +0\.001 +22\.0 ± 2\.0$/);
  assert.match(formatComparison(comparison, 'markdown'), /\| full \| 3 seeds \| 100 \| present \| 0.001 \| 22.0 ± 2.0 \|/);
  const latex = formatComparison(comparison, 'latex');
  assert.match(latex, /ablation\\_b & five & 100/);
  assert.match(latex, /22\.0 \$\\pm\$ 2\.0 \\\\/);
  const csv = formatComparison(comparison, 'csv').split('\n');
  assert.is(csv[0], 'pipeline,runs,steps,stages.b,train.optimizer.adam.learningRate,q.psnr mean,q.psnr sd,q.psnr count');
  assert.is(csv[1], 'full,one two three,100,present,0.001,22,2,3');
  assert.equal(JSON.parse(formatComparison(comparison, 'json')), JSON.parse(JSON.stringify(comparison)));
});

test('a text table too wide for a screen is turned', () => {
  const names = Array.from({ length: 12 }, (_, index) => `quality.measurement${index}`);
  const wide = ['a', 'b'].map((name, row) => ({
    ...run(name, { ...base, stage: row }, 1), values: Object.fromEntries(names.map((metric, index) => [metric, index + row / 2])),
  }));
  const lines = formatComparison(compareRuns(wide), 'text').split('\n');
  assert.match(lines[0]!, /^pipeline +full +full$/);
  assert.match(lines.find((line) => line.startsWith('quality.measurement3'))!, / 3 +3\.5$/);
});

test.run();
