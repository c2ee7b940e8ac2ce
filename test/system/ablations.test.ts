import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { compareFolders } from '../../framework/cli/compare-folders.js';
import { loadPlan } from '../../framework/pipeline/index.js';
import { diffPlans } from '../../framework/pipeline/diff.js';
import type { Plan } from '../../framework/pipeline/plan.js';
import { readStepMetrics } from '../../framework/run/metrics.js';
import { runPipeline } from '../../framework/run-pipeline.js';
import { temporaryFolder, writePipeline } from './support.js';

interface Lack {
  /** Stages of train-full that the ablation has not, or has no use for. */
  readonly removed: readonly string[];
  /** Inputs, options and settings that differ. */
  readonly changed: readonly string[];
  /** Stages that it has instead. */
  readonly added?: readonly string[];
  /** Keeps what it lacks away where the smallest sizes lie over it. */
  readonly over?: object;
}

/** The stages of graph `estimate`. */
const coarseStages = ['fifth', 'fourth', 'regress', 'second', 'third'];

const estimate = (name: string): string[] => coarseStages.map((stage) => `${name}-estimate/${stage}`);
const secondPass = (name: string): string[] => ['blend', 'decode', 'detail', 'fuse', 'look', 'refine', 'render'].map((stage) => `${name}-again/${stage}`);

const passes = ['first', 'occluded-again', 'rotated-again'];

/** What each ablation of train-full lacks, and nothing else. */
const lacks: Readonly<Record<string, Lack>> = {
  'ablation-constant-residual': {
    removed: ['occluder-found', ...passes.flatMap((pass) => ['blend', 'detail', 'look', 'refine'].map((stage) => `${pass}/${stage}`))],
    added: passes.map((pass) => `${pass}/constant/add`),
    changed: [...passes.flatMap((pass) => [`${pass}/fuse.in.albedo`, `${pass}/fuse.in.features`, `${pass}/fuse.in.mesh`]), 'train.learningRates.constant', 'train.learningRates.reconstruct/blend', 'train.learningRates.reconstruct/detail'],
    over: { graphs: { reconstruct: { stages: { refine: { $delete: true }, detail: { $delete: true } } } } },
  },
  'ablation-frozen-coarse': {
    removed: [],
    changed: ['estimated', 'occluded-estimate', 'rotated-estimate'].flatMap((use) => coarseStages.map((stage) => `${use}/${stage}.trainable`)),
  },
  'ablation-no-blend': {
    removed: ['occluder-found', ...passes.flatMap((pass) => [`${pass}/blend`, `${pass}/look`])],
    changed: [...passes.flatMap((pass) => [`${pass}/fuse.in.albedo`, `${pass}/refine.in.albedo`]), 'train.learningRates.reconstruct/blend'],
  },
  'ablation-no-fa': {
    removed: ['attribute'],
    changed: [
      'first/detail.in.attributes', 'occluded-again/detail.in.attributes', 'robustified.with.attribute', 'rotated-again/detail.in.attributes',
      'total.in.attribute', 'train.log',
    ],
  },
  'ablation-no-sa': {
    removed: [
      'consistent-occluded', 'consistent-rotated', ...estimate('occluded'), 'pair-occluded', 'pair-photo-occluded', 'pair-photo-rotated', 'pair-rotated',
      ...secondPass('rotated'), ...estimate('rotated'), 'self-augmentation', 'turned-back',
    ],
    changed: [
      'sheet.in.rotatedAgain', 'total.in.consistentOccluded', 'total.in.consistentRotated', 'total.in.selfAugmentation', 'train.log',
    ],
  },
  'ablation-photo-id': { removed: ['attribute', 'robustified'], changed: ['total.in.attribute', 'total.in.robustified', 'train.log'] },
  'ablation-photo-id-att': { removed: ['robustified'], changed: ['total.in.robustified', 'train.log'] },
};

const names = readdirSync('pipelines').filter((file) => file.startsWith('ablation-')).map((file) => basename(file, '.yaml')).sort();
const plans = new Map<string, Plan>();
for (const name of ['train-full', ...names]) plans.set(name, await loadPlan({ file: `pipelines/${name}.yaml`, environment: {} }));

test('every ablation file is in the table', () => {
  assert.equal(names, Object.keys(lacks).sort());
});

const bare = (label: string): string => label.replace(/^stages\.| \(.*\)$/g, '');

for (const [name, { removed, changed, added = [] }] of Object.entries(lacks)) {
  test(`${name} lacks exactly what its heading says`, () => {
    const diff = diffPlans(plans.get('train-full')!, plans.get(name)!);
    assert.equal(diff.added.map(bare).sort(), [...added].sort());
    assert.equal(diff.removed.map(bare).sort(), [...removed].sort());
    assert.equal(diff.changed.map(({ path }) => path.replace(/^stages\./, '')).sort(), [...changed].sort());
  });
}

test('no two of them resolve to the same graph', () => {
  assert.is(new Set([...plans.values()].map(({ digest }) => digest)).size, names.length + 1);
});

const runs = temporaryFolder();
/** The sizes of the smallest pipelines, without what only pipelines that train have. */
const { train: _train, validate: _validate, stages: _stages, ...smallest } = parse(readFileSync('test/system/pipelines/small.yaml', 'utf8')) as Record<string, object>;
const seen = { with: { identitySize: 112, attributeSize: 64 } };

test('each trains and leaves a run; compare prints a table with a row for each', async () => {
  for (const name of plans.keys()) {
    const file = writePipeline(name, [`pipelines/${name}.yaml`, 'test/system/pipelines/small.yaml'], { ...lacks[name]?.over, train: { stop: { steps: 2 } } });
    const { folder, exitCode, step } = await runPipeline({ file, name: 'short', runsFolder: runs, device: 'wasm', quiet: true, environment: {} });
    assert.equal([exitCode, step, readStepMetrics(folder).length], [0, 2, 2]);
    for (const written of ['weights.safetensors', 'report.html', 'samples/sheet']) assert.ok(existsSync(join(folder, written)), `${name}: ${written}`);
  }
  const { comparison, text } = compareFolders([...plans.keys()].map((name) => `${name}/short`), { format: 'text', at: 'last', runs });
  assert.equal(comparison.rows.map(({ pipeline }) => pipeline), [...plans.keys()]);
  for (const { pipeline, metrics } of comparison.rows) {
    assert.ok(Number.isFinite(metrics['region.psnr']?.mean), pipeline);
    assert.ok(text.split('\n').some((line) => line.includes(pipeline)), `${pipeline} has no line in the table`);
  }
});

test('evaluate puts what they trained side by side, on clean photos and behind occluders', async () => {
  const parameters = { full: 'train-full', constant: 'ablation-constant-residual', noSa: 'ablation-no-sa' };
  const file = writePipeline('evaluate', ['base/evaluate', 'methods/full', 'methods/constant', 'methods/no-sa'].map((name) => `pipelines/${name}.yaml`), {
    ...smallest, weights: { coarse: 'run:ablation-frozen-coarse/short/last' }, stages: { photo: { with: { limit: 3 } }, seen, 'covered-seen': seen },
  });
  const { folder, exitCode, finished } = await runPipeline({
    file, name: 'side-by-side', runsFolder: runs, device: 'wasm', quiet: true, environment: {},
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, run]) => [name, `run:${run}/short/last`])),
  });
  assert.equal([exitCode, finished], [0, 3]);
  const metricsOf = (sink: string): Record<string, { mean: number; count: number }> => (JSON.parse(readFileSync(join(folder, 'samples', sink, 'table.json'), 'utf8')) as { metrics: Record<string, { mean: number; count: number }> }).metrics;
  for (const table of ['clean-table', 'covered-table']) {
    const metrics = metricsOf(table);
    for (const row of ['coarse', 'fit', 'full', 'fullFit', 'constant', 'constantFit', 'noSa', 'noSaFit', 'fullOverNoSa', 'fullOverConstantFit']) {
      for (const name of ['psnr', 'psnrVisible', 'psnrOccluded', 'ssim']) assert.ok(Number.isFinite(metrics[`${row}.${name}`]?.mean) && metrics[`${row}.${name}`]?.count === 3, `${row}.${name}`);
    }
    // Each row has the weights of its own run.
    assert.is(new Set(['fullFit', 'noSaFit', 'constantFit', 'fit'].map((row) => metrics[`${row}.psnr`]!.mean)).size, 4);
  }
  // The photo's own colours at the vertices: far nearer to a clean photo than the fit.
  assert.ok(metricsOf('clean-table')['fullOverFit.psnr']!.mean > 3);
  for (const people of ['clean-people', 'covered-people']) assert.ok(metricsOf(people)['fullFit.similarity']!.mean > 0.2, people);
  assert.ok(metricsOf('covered-table')['cleanFit.psnrOccluded']!.mean > metricsOf('covered-table')['fit.psnrOccluded']!.mean, 'occluders cost nothing');
});

test.run();
