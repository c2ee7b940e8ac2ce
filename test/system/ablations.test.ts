import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
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

const secondPass = (name: string): string[] => [
  `${name}-again/decode`, `${name}-again/detail`, `${name}-again/fuse`, `${name}-again/refine`, `${name}-again/render`, `${name}-estimate/regress`,
];

const passes = ['first', 'occluded-again', 'rotated-again'];

/** What each ablation of train-full lacks, and nothing else. */
const lacks: Readonly<Record<string, Lack>> = {
  'ablation-constant-residual': {
    removed: passes.flatMap((pass) => [`${pass}/detail`, `${pass}/refine`]),
    added: passes.map((pass) => `${pass}/constant`),
    changed: [...passes.flatMap((pass) => [`${pass}/fuse.in.features`, `${pass}/fuse.in.mesh`]), 'train.learningRates'],
    over: { graphs: { reconstruct: { stages: { refine: { $delete: true }, detail: { $delete: true } } } } },
  },
  'ablation-frozen-coarse': {
    removed: [],
    changed: ['estimated/regress.trainable', 'occluded-estimate/regress.trainable', 'rotated-estimate/regress.trainable'],
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
      'consistent-occluded', 'consistent-rotated', ...secondPass('occluded'), 'pair-occluded', 'pair-photo-occluded', 'pair-photo-rotated', 'pair-rotated',
      ...secondPass('rotated'), 'self-augmentation', 'turned-back',
    ],
    changed: [
      'sheet.in.occludedAgain', 'sheet.in.rotatedAgain', 'total.in.consistentOccluded', 'total.in.consistentRotated', 'total.in.selfAugmentation', 'train.log',
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

test('each trains and leaves a run; compare prints a table with a row for each', async () => {
  const runs = temporaryFolder();
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

test.run();
