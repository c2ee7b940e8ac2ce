/**
 * No option in train-full is for show: another value changes the resolved graph, and the weights, or the named output where
 * an option belongs to what only looks. Options of the source are compared by the samples it gives. Training goes on until
 * the weights differ from those of the paired run, for five steps at most.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HostTensor } from '../../framework/index.js';
import type { Plan } from '../../framework/pipeline/plan.js';
import type { SourceContract } from '../../framework/plugin/stage-types.js';
import { optionChanges, type OptionChange } from './option-changes.js';
import { temporaryFolder } from './support.js';
import { differingWeights, TrainingLab, type Weights } from './training-lab.js';

const files = ['pipelines/train-full.yaml', 'test/system/pipelines/small.yaml', 'test/system/pipelines/always-found.yaml'];
const steps = 5;

const lab = await TrainingLab.open();
const base = await lab.load(files);
const trained = await lab.train(base, steps);

const outcomes: Readonly<Record<Exclude<OptionChange['shows'], 'weights'>, (plan: Plan) => Promise<string>>> = {
  metrics: async (plan) => JSON.stringify((await lab.validate(plan, temporaryFolder())).collected),
  sheet: async (plan) => {
    const folder = temporaryFolder();
    await lab.validate(plan, folder);
    return readdirSync(folder).map((name) => readFileSync(join(folder, name)).toString('base64')).join();
  },
  samples: async (plan) => {
    const { contract, options } = plan.stages.get('photo')!;
    const { stage } = await (contract as SourceContract).load();
    const source = await stage.open({ options, stage: 'photo', log: () => undefined, remembered: (_, compute) => compute(), resource: () => undefined as never });
    const keys = Array.from({ length: source.length }, (_, index) => source.key(index));
    const first = await source.read(0).then(({ photo }) => (photo as HostTensor).shape.join(), (error: Error) => error.message);
    return [...keys, first].join('\n');
  },
};

async function check({ document, given, shows }: OptionChange): Promise<void> {
  const start = given ? await lab.load(files, given) : base;
  const plan = await lab.load(given ? [start.file] : files, document);
  assert.is.not(plan.digest, start.digest, 'the resolved graph is the same');
  if (shows !== 'weights') {
    assert.is.not(await outcomes[shows](plan), await outcomes[shows](start), `${shows}: the same`);
    return;
  }
  const paired = given ? await lab.train(start, steps) : trained;
  let differing = false;
  await lab.train(plan, steps, (weights: Weights, step) => {
    differing = differingWeights(paired[step - 1]!, weights).length > 0;
    return differing;
  });
  assert.ok(differing, `the weights are the same after ${steps} steps, bit for bit`);
}

test('the table has a value for every option of every stage type in train-full', () => {
  const expected = Object.fromEntries([...base.stages.values()].map(({ use, contract }) => [use, Object.keys(contract.options.properties).sort()]));
  assert.equal(Object.fromEntries(Object.entries(optionChanges).map(([use, options]) => [use, Object.keys(options).sort()]).sort()),
    Object.fromEntries(Object.entries(expected).sort()));
});

for (const [use, options] of Object.entries(optionChanges)) {
  for (const [option, change] of Object.entries(options)) test(`${use}: ${option} matters`, () => check(change));
}

test('options of resources change the graph, and the attribute networks change the weights', async () => {
  for (const [resource, option, value] of [['face', 'level', 'small'], ['networks', 'folder', 'elsewhere'], ['networks', 'attributes', ['age-gender']]] as const) {
    const plan = await lab.load(files, { resources: { [resource]: { with: { [option]: value } } } });
    assert.is.not(plan.digest, base.digest, `${resource}.${option}`);
    if (option === 'attributes') assert.ok(differingWeights(trained[0]!, (await lab.train(plan, 1))[0]!).length > 0);
  }
});

test.run();
