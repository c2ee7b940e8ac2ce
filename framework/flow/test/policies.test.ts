import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FlowError } from '../../errors/flow-error.js';
import type { QuarantineLine } from '../quarantine.js';
import { runStreams } from '../run-streams.js';
import { freshFolder, planOf, servicesFor, type StageSketch } from './fixtures/plan.js';

interface Outcome {
  readonly keys: readonly string[];
  readonly error?: FlowError;
  readonly quarantined: readonly QuarantineLine[];
}

/** Twenty samples through a stage with the given behaviour, twice in one process if asked. */
async function outcome(change: Partial<StageSketch>, source: Partial<StageSketch> = {}, times = 1): Promise<Outcome> {
  const { plan, graph } = planOf({
    stages: {
      photo: { use: 'numbers', ...source, with: { to: 20, ...source.with } },
      stage: { use: 'scale', in: { x: 'photo.pair' }, ...change, with: { jitter: 4, ...change.with } },
    },
  });
  const runFolder = freshFolder();
  const services = servicesFor(plan, { runFolder });
  let keys: readonly string[] = [];
  let error: FlowError | undefined;
  try {
    for (let time = 0; time < times; time++) {
      ({ keys } = await runStreams(plan, graph, { services, sections: new Map(), folder: () => runFolder, collect: ['stage.x'] }));
    }
  } catch (thrown) {
    error = thrown as FlowError;
  }
  await services.close();
  const file = join(runFolder, 'quarantine.jsonl');
  const text = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return { keys, error, quarantined: text.map((line) => JSON.parse(line) as QuarantineLine) };
}

test('fail: the first bad sample ends the run, by its order and not by timing', async () => {
  const { error } = await outcome({ with: { refuse: ['n11', 'n5', 'n7'] } });
  assert.is(error?.code, 'FLOW_SAMPLE');
  assert.equal(error?.fields.keys, ['n5']);
  assert.is(error?.fields.who, 'stage');
  assert.is(error?.message, 'n5 is not wanted');
});

test('skip: bad samples are left out and not listed', async () => {
  const { keys, quarantined } = await outcome({ with: { refuse: ['n5'] }, onError: { policy: 'skip' } });
  assert.is(keys.length, 19);
  assert.not.ok(keys.includes('n5'));
  assert.equal(quarantined, []);
});

test('quarantine: bad samples are listed with stage, attempt, code and message, once each', async () => {
  const { keys, quarantined } = await outcome({ with: { refuse: ['n5'] }, onError: { policy: 'quarantine' } }, {}, 2);
  assert.is(keys.length, 19);
  assert.is(quarantined.length, 1);
  const [{ time, ...line }] = quarantined;
  assert.equal(line, { key: 'n5', stage: 'stage', attempt: 1, code: 'FLOW_SAMPLE', message: 'n5 is not wanted' });
  assert.not.ok(Number.isNaN(Date.parse(time)));
});

test('a source refuses samples by the same rules', async () => {
  const { keys, quarantined } = await outcome({}, { with: { bad: ['n2', 'n3'] }, onError: { policy: 'quarantine' } });
  assert.is(keys.length, 18);
  assert.equal(quarantined.map(({ key, stage }) => `${stage} ${key}`), ['photo n2', 'photo n3']);
});

test('retry: tries as often as asked, then quarantines', async () => {
  const { keys, quarantined } = await outcome({ with: { refuse: ['n5'] }, onError: { policy: 'retry', attempts: 3 } });
  assert.is(keys.length, 19);
  assert.is(quarantined[0].attempt, 3);
});

test('any error that a stage throws follows the policy, and says what it was', async () => {
  const { quarantined } = await outcome({ with: { throws: ['n5'] }, onError: { policy: 'quarantine' } });
  assert.is(quarantined[0].code, 'FLOW_STAGE');
  assert.is(quarantined[0].message, 'TypeError: n5 is undefined');
  const { error } = await outcome({ with: { throws: ['n5'] } });
  assert.is(error?.code, 'FLOW_STAGE');
  assert.match(error?.stack ?? '', 'numbers.ts');
});

test('too many refused samples end the run, from the least count on', async () => {
  const refuse = ['n0', 'n1', 'n9'];
  const tolerant = await outcome({ with: { refuse }, onError: { policy: 'skip', maxRate: 0.3, minCount: 10 } });
  assert.is(tolerant.error, undefined);
  const strict = await outcome({ with: { refuse }, onError: { policy: 'skip', maxRate: 0.25, minCount: 10 } });
  assert.is(strict.error?.code, 'FLOW_REFUSED_RATE');
  assert.match(strict.error?.message ?? '', '3 of 10 samples were refused, the last because: n9 is not wanted');
});

test('outputs that a stage does not declare are an error of the stage, whatever the policy', async () => {
  const { error } = await outcome({ use: 'wrong-shape', onError: { policy: 'skip' } });
  assert.is(error?.code, 'FLOW_STAGE');
  assert.is(error?.fields.expected, 'float32 [2] numbers');
  assert.is(error?.fields.got, 'float32 [3]');
});

test.run();
