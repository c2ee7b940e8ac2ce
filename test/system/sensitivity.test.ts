/**
 * Nothing in train-full is there for show: a change of any stage changes the resolved graph, and after five steps from the
 * same start, with the same photos, poses and occluders, the weights (or, for what only looks, the named output).
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Plan } from '../../framework/pipeline/plan.js';
import { gradientChanges, stageChanges, type Change } from './stage-changes.js';
import { temporaryFolder } from './support.js';
import { differingWeights, TrainingLab, type Weights } from './training-lab.js';

const files = ['pipelines/train-full.yaml', 'test/system/pipelines/small.yaml', 'test/system/pipelines/always-found.yaml'];
/** The losses may go, so the chosen metrics are none of them. */
const looked = { validate: { metrics: ['region.psnr', 'region.ssim', 'behind.psnr'] } };
const steps = 5;

const lab = await TrainingLab.open();
const base = await lab.load(files, looked);
const history = await lab.train(base, steps);
const trained = history.at(-1)!;
const seen = await look(base);

async function look(plan: Plan): Promise<{ readonly metrics: string; readonly sheet: string }> {
  const folder = temporaryFolder();
  const { collected } = await lab.validate(plan, folder);
  const pictures = readdirSync(folder).sort().map((name) => readFileSync(join(folder, name)).toString('base64'));
  return { metrics: JSON.stringify(collected), sheet: pictures.join() };
}

async function check({ document, shows }: Change): Promise<void> {
  const plan = await lab.load(files, { ...document, ...looked });
  assert.is.not(plan.digest, base.digest, 'the resolved graph is the same');
  if (shows === 'weights') {
    const after = (await lab.train(plan, steps)).at(-1)!;
    assert.ok(differingWeights(trained, after).length > 0, 'the weights are the same, bit for bit');
  } else {
    assert.is.not((await look(plan))[shows], seen[shows], `${shows}: the same`);
  }
}

test('the table of changes covers every stage of train-full and of its graphs', () => {
  const { stages, graphs } = base.document as { stages: Record<string, unknown>; graphs: Record<string, { stages: Record<string, unknown> }> };
  const inGraphs = Object.entries(graphs).flatMap(([graph, each]) => Object.keys(each.stages).map((stage) => `${graph}.${stage}`));
  assert.equal(Object.keys(stageChanges).sort(), [...Object.keys(stages), ...inGraphs].sort());
});

test('the same pipeline trains to the same weights: a difference below is an effect of the change', async () => {
  assert.equal(differingWeights(trained, (await lab.train(base, steps)).at(-1)!), []);
  assert.equal(await look(base), seen);
});

for (const [stage, change] of Object.entries(stageChanges)) test(`${stage} matters`, () => check(change));
// Where a gradient flows is seen as soon as the weights differ, so these stop there.
for (const [name, { document }] of Object.entries(gradientChanges)) {
  test(`${name} matters`, async () => {
    const plan = await lab.load(files, { ...document, ...looked });
    assert.is.not(plan.digest, base.digest, 'the resolved graph is the same');
    const differs = (weights: Weights, step: number): boolean => differingWeights(history[step - 1]!, weights).length > 0;
    const after = await lab.train(plan, steps, differs);
    assert.ok(differs(after.at(-1)!, after.length), 'the weights are the same, bit for bit');
  });
}

test.run();
