/**
 * Every stage type on real photos: a check that holds for what the stage makes of them, and that does not hold when its
 * function is replaced by zero, a constant or the identity.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtinPlugins } from '../../plugins/index.js';
import { annotatedPhotos } from './annotated-photos.js';
import { modelChecks, parserChecks, photoChecks } from './face-stage-checks.js';
import { sinkChecks } from './sink-checks.js';
import { augmentationChecks, evaluationChecks, lossChecks, type Check } from './stage-checks.js';
import { textureChecks } from './texture-checks.js';
import { observe, replacements, type ObservedPipeline, type StageValues } from './stage-values.js';

const checks: Readonly<Record<string, Check>> = {
  ...photoChecks, ...parserChecks, ...modelChecks, ...augmentationChecks, ...lossChecks, ...evaluationChecks, ...textureChecks, ...sinkChecks,
};
const pipeline = await observe('test/system/pipelines/every-type.yaml');
const observed = [pipeline, await observe('test/system/pipelines/face-model.yaml'), await observe(annotatedPhotos())];

test('there is a check for every stage type of the built-in plugins', () => {
  const types = builtinPlugins.flatMap(({ name, stages = {} }) => Object.keys(stages).map((type) => `${name}/${type}`));
  assert.equal(Object.keys(checks).sort(), types.sort());
});

/** These give one answer for all photos. */
const sameForAll: readonly string[] = ['gcn-refiner/constant'];

async function refuses(check: Check, values: StageValues, among: ObservedPipeline): Promise<boolean> {
  try {
    await check(values, among);
    return false;
  } catch {
    return true;
  }
}

for (const [use, check] of Object.entries(checks)) {
  test(`${use} does its work on photos, and nothing simpler would pass`, async () => {
    const among = observed.find(({ stages }) => [...stages.values()].some(({ stage }) => stage.use === use));
    assert.ok(among, 'the pipelines of this test have no such stage');
    const values = [...among.stages.values()].find(({ stage }) => stage.use === use)!;
    await check(values, among);
    for (const [name, replace] of Object.entries(replacements)) {
      if (name === 'the answer for the first photo' && sameForAll.includes(use)) continue;
      const replaced = replace(values);
      if (replaced) assert.ok(await refuses(check, replaced, among), `${name} passes`);
    }
  });
}

test.run();
