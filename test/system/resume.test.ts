/** The full model, killed twice at random moments and resumed, against the same run left alone. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { killRun, outcomeOf } from '../../framework/run/test/killed-runs.js';
import { readStepMetrics } from '../../framework/run/metrics.js';
import { runPipeline, type RunOptions } from '../../framework/run-pipeline.js';
import { randomFor } from '../../framework/index.js';
import { temporaryFolder, writePipeline } from './support.js';

const file = writePipeline('full', ['pipelines/train-full.yaml', 'test/system/pipelines/small.yaml'], {
  train: { stop: { steps: 6 }, checkpoint: { every: { steps: 2 } } }, validate: { every: { steps: 4 } },
});
const runs = { straight: temporaryFolder(), killed: temporaryFolder() };
const folderOf = (run: keyof typeof runs): string => join(runs[run], 'full', 'face');
const optionsFor = (run: keyof typeof runs): RunOptions => ({ file, name: 'face', runsFolder: runs[run], device: 'wasm', quiet: true });

test('SIGKILL at any moment and resume: the same weights and logs, bit for bit', async () => {
  await runPipeline(optionsFor('straight'));
  assert.is(readStepMetrics(folderOf('straight')).length, 6);
  const random = randomFor('kill', Date.now());
  for (const [kills, steps] of [1, 3].entries()) {
    await killRun({ ...optionsFor('killed'), resume: kills > 0 }, folderOf('killed'), steps, random.between(0, 800));
  }
  await runPipeline({ ...optionsFor('killed'), resume: true });
  assert.equal(outcomeOf(folderOf('killed'), 'sheet'), outcomeOf(folderOf('straight'), 'sheet'));
});

test.run();
