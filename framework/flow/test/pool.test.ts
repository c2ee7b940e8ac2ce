import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FlowError } from '../../errors/flow-error.js';
import type { HostTensor } from '../../values/host-tensor.js';
import { giveAway, protectedBuffers } from '../give-away.js';
import { runStreams, type StreamResult } from '../run-streams.js';
import { openServices, type ServiceOptions } from '../services.js';
import { freshFolder, planOf, servicesFor, type PlanSketch, type StageSketch } from './fixtures/plan.js';

async function run(sketch: PlanSketch, options: Partial<ServiceOptions> = {}): Promise<StreamResult> {
  const { plan, graph } = planOf(sketch);
  const services = servicesFor(plan, { workers: 1, ...options });
  try {
    return await runStreams(plan, graph, { services, sections: new Map(), folder: freshFolder, collect: ['stage.x'] });
  } finally {
    await services.close();
  }
}

const with_ = (options: Record<string, unknown>, change: Partial<StageSketch> = {}): PlanSketch => ({
  stages: { photo: { use: 'numbers' }, stage: { use: 'scale', in: { x: 'photo.pair' }, with: { factor: 2, ...options }, ...change } },
});
const errorOf = (work: Promise<unknown>): Promise<FlowError> => work.then(() => assert.unreachable('it should fail'), (error: FlowError) => error) as Promise<FlowError>;

test('a worker that dies is replaced, its sample is tried again and nothing is lost', async () => {
  const { keys, collected } = await run(with_({ crash: ['n4'], marker: join(freshFolder(), 'crashed'), jitter: 5 }), { workers: 2 });
  assert.is(keys.length, 10);
  assert.equal(collected['stage.x'].map((value) => (value as HostTensor).data[0]), [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
});

test('a sample that kills every worker ends the run with its key', async () => {
  const error = await errorOf(run(with_({ crash: ['n4'] })));
  assert.is(error.code, 'FLOW_WORKER');
  assert.is(error.exitCode, 6);
  assert.equal(error.fields.keys, ['n4']);
  assert.match(error.message, /2 attempts: worker exited with code: 9/);
});

test('a sample that takes too long is stopped, even when the worker never yields', async () => {
  const error = await errorOf(run(with_({ hang: ['n3'] }), { taskTimeout: 200 }));
  assert.is(error.code, 'FLOW_WORKER');
  assert.match(error.message, 'it took longer than 0.2 s');
});

test('building a resource is not on a sample\'s clock, and happens once for all workers', async () => {
  const folder = freshFolder();
  const { collected } = await run({
    stages: { photo: { use: 'numbers' }, stage: { use: 'offset', in: { x: 'photo.pair' }, resources: { table: 'table' } } },
    resources: { table: { folder, milliseconds: 600 } },
  }, { taskTimeout: 200, workers: 2 });
  assert.equal([...(collected['stage.x'][3] as HostTensor).data], [13, 29]);
  assert.is(readFileSync(join(folder, 'builds'), 'utf8').trim().split('\n').length, 1);
});

test('a worker that dies while it builds a resource holds nobody up', async () => {
  const folder = freshFolder();
  const { keys } = await run({
    stages: { photo: { use: 'numbers' }, stage: { use: 'offset', in: { x: 'photo.pair' }, resources: { table: 'table' } } },
    resources: { table: { folder, milliseconds: -1 } },
  }, { workers: 2 });
  assert.is(keys.length, 10);
  assert.is(readFileSync(join(folder, 'builds'), 'utf8').trim().split('\n').length, 2);
});

test('errors keep their code, their fields and their stack over threads', async () => {
  const refused = await errorOf(run(with_({ refuse: ['n2'] })));
  assert.equal([refused.code, refused.message, refused.fields.who, refused.fields.keys], ['FLOW_SAMPLE', 'n2 is not wanted', 'stage', ['n2']]);
  const thrown = await errorOf(run(with_({ throws: ['n2'] })));
  assert.is(thrown.code, 'FLOW_STAGE');
  assert.match(thrown.stack ?? '', 'fixtures/numbers.');
});

test('a plugin that workers cannot import is an error, not a hang', async () => {
  const { plan, graph } = planOf(with_({}));
  for (const source of ['file:///nowhere/plugin.js', import.meta.url.replace('test/pool.test.', 'packet.')]) {
    const services = openServices(plan, { plugins: { plugin: () => ({ source }) }, workers: 1, cacheRoot: freshFolder() });
    const error = await errorOf(runStreams(plan, graph, { services, sections: new Map(), folder: freshFolder, collect: ['stage.x'] }));
    await services.close();
    assert.ok(['FLOW_STAGE', 'FLOW_PLUGIN_LOAD'].includes(error.code), error.code);
    assert.is(error.fields.who, 'stage');
  }
});

test('stages that run on the main thread do, even with a pool', async () => {
  const { keys } = await run(with_({}, { use: 'scale-here' }));
  assert.is(keys.length, 10);
});

test('outputs move without copying, except what a resource holds and parts of a larger buffer', () => {
  const keep = protectedBuffers();
  const resource = { maps: new Map([['a', { offsets: new Float32Array(4) }]]) };
  keep.addAll(resource);
  const own = new Float32Array([1, 2]);
  const held = resource.maps.get('a')!.offsets;
  const part = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
  const { value, transfer } = giveAway({ own, again: own, held, nested: [{ part }], text: 'a' }, keep);
  assert.is(value.own, own);
  assert.is.not(value.held, held);
  assert.equal([...value.nested[0].part], [2, 3]);
  assert.is(value.nested[0].part.buffer.byteLength, 2);
  assert.is(transfer.length, 3);
  assert.not.ok(transfer.includes(held.buffer as ArrayBuffer));
});

test.run();
