import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBatches, type BatchOptions } from '../open-batches.js';
import type { Batch } from '../batches.js';
import { freshFolder, planOf, section, servicesFor, type PlanSketch } from './fixtures/plan.js';

const train = section('train', ['double.x', 'photo.pair'], ['loss.loss']);

function sketch(change: Partial<PlanSketch> = {}, double: Record<string, unknown> = {}): PlanSketch {
  return {
    stages: { photo: { use: 'numbers' }, double: { use: 'scale', in: { x: 'photo.pair' }, with: { factor: 2 }, ...double } },
    sections: [train], batch: 4, ...change,
  };
}

async function take(count: number, plan: PlanSketch, options: Partial<BatchOptions> = {}, services: Parameters<typeof servicesFor>[1] = {}): Promise<Batch[]> {
  const { plan: made, graph } = planOf(plan);
  const opened = servicesFor(made, services);
  const stream = await openBatches(made, graph, { services: opened, section: train, ...options });
  const batches: Batch[] = [];
  try {
    while (batches.length < count) {
      const { value, done } = await stream.next();
      if (done) break;
      batches.push(value);
    }
  } finally {
    await stream.close();
    await opened.close();
  }
  return batches;
}

const keysOf = (batches: readonly Batch[]): string[][] => batches.map(({ keys }) => [...keys]);

test('batches hold the stacked values of the section\'s inputs', async () => {
  const [batch] = await take(1, sketch(), { shuffle: false });
  assert.equal(batch.keys, ['n0', 'n1', 'n2', 'n3']);
  assert.equal(batch.inputs['double.x'].shape, [4, 2]);
  assert.equal([...batch.inputs['double.x'].data], [0, 0, 2, 2, 4, 8, 6, 18]);
  assert.equal([...batch.inputs['photo.pair'].data], [0, 0, 1, 1, 2, 4, 3, 9]);
  assert.equal(batch.next, { epoch: 0, position: 4 });
});

test('every epoch visits every sample once, in another order; batches span epochs', async () => {
  const batches = await take(5, sketch());
  const keys = keysOf(batches).flat();
  assert.is(new Set(keys.slice(0, 10)).size, 10);
  assert.is(new Set(keys.slice(10)).size, 10);
  assert.not.equal(keys.slice(0, 10), keys.slice(10));
  assert.equal(batches[2].epochs, [0, 0, 1, 1]);
  assert.equal(batches[2].next, { epoch: 1, position: 2 });
});

test('a host stage that is not pure is told the epoch, in a worker and on the main thread', async () => {
  for (const use of ['stamp', 'stamp-here']) {
    const batches = await take(5, sketch({}, { use, with: {} }), { shuffle: false }, { workers: 1 });
    const stamps = batches.flatMap(({ inputs }) => [...inputs['double.x'].data].filter((_, index) => index % 2 === 1));
    assert.equal(stamps, [...Array<number>(10).fill(0), ...Array<number>(10).fill(1)], use);
  }
});

test('the seed decides the order', async () => {
  assert.equal(keysOf(await take(2, sketch())), keysOf(await take(2, sketch())));
  assert.not.equal(keysOf(await take(2, sketch())), keysOf(await take(2, sketch({ seed: 8 }))));
});

test('a stream that starts at any cursor gives the same batches', async () => {
  const plan = sketch({}, { onError: { policy: 'skip' }, with: { factor: 2, refuse: ['n3', 'n7'], jitter: 5 } });
  const all = await take(8, plan);
  for (let index = 0; index < 6; index++) {
    const resumed = await take(2, plan, { start: all[index].next });
    assert.equal(resumed, all.slice(index + 1, index + 3));
  }
});

test('refused samples are left out and the next ones take their places', async () => {
  const refusing = await take(2, sketch({}, { onError: { policy: 'skip' }, with: { factor: 2, refuse: ['n1', 'n2'] } }), { shuffle: false });
  assert.equal(keysOf(refusing), [['n0', 'n3', 'n4', 'n5'], ['n6', 'n7', 'n8', 'n9']]);
});

test('an epoch in which every sample is refused is an error', async () => {
  const refuse = Array.from({ length: 10 }, (_, index) => `n${index}`);
  const error = await take(1, sketch({}, { onError: { policy: 'skip' }, with: { factor: 2, refuse } })).catch((thrown: unknown) => thrown);
  assert.is((error as { code: string }).code, 'FLOW_REFUSED_RATE');
  assert.match((error as Error).message, 'whole epoch (10)');
});

test('results do not depend on the number of workers nor on timing', async () => {
  const plan = sketch({}, { with: { factor: 3, jitter: 20, refuse: ['n4'] }, onError: { policy: 'skip' } });
  const main = await take(6, plan);
  assert.equal(await take(6, plan, {}, { workers: 1 }), main);
  assert.equal(await take(6, plan, {}, { workers: 2 }), main);
});

test('the second epoch does no preprocessing', async () => {
  const { plan, graph } = planOf(sketch());
  const cacheRoot = freshFolder();
  const run = async (): Promise<[number, number, number]> => {
    const services = servicesFor(plan, { cacheRoot, memoryBytes: 0 });
    const stream = await openBatches(plan, graph, { services, section: train, epochs: 2 });
    while (!(await stream.next()).done);
    await stream.close();
    await services.close();
    const { hits, misses } = services.cache!.counters.get('double')!;
    return [hits, misses, services.monitor.stage('double').ran];
  };
  assert.equal(await run(), [10, 10, 10]);
  assert.equal(await run(), [20, 0, 0]);
});

test('from the second epoch on a source is read only for stages whose results are gone', async () => {
  const only = section('train', ['double.x'], ['loss.loss']);
  const { plan, graph } = planOf(sketch({ sections: [only], batch: 5 }));
  const cacheRoot = freshFolder();
  const services = servicesFor(plan, { cacheRoot, memoryBytes: 0 });
  const stream = await openBatches(plan, graph, { services, section: only, shuffle: false, epochs: 4 });
  const epochs: number[][] = [];
  for (let epoch = 0; epoch < 4; epoch++) {
    if (epoch === 2) rmSync(join(cacheRoot, 'content'), { recursive: true });
    const [first, second] = [await stream.next(), await stream.next()];
    epochs.push([first, second].flatMap(({ value }) => [...value!.inputs['double.x'].data]));
  }
  await stream.close();
  await services.close();
  assert.equal(epochs[0], Array.from({ length: 10 }, (_, i) => [2 * i, 2 * i * i]).flat());
  for (const epoch of epochs) assert.equal(epoch, epochs[0]);
  assert.is(services.monitor.stage('photo').ran, 10);
  assert.ok(services.monitor.stage('double').ran > 10, 'some results were computed again');
});

test('packets in flight stay within the window when nobody takes batches', async () => {
  const { plan, graph } = planOf(sketch({ stages: { photo: { use: 'numbers', with: { to: 1000 } }, double: { use: 'scale', in: { x: 'photo.pair' } } } }));
  const services = servicesFor(plan);
  const stream = await openBatches(plan, graph, { services, section: train });
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.is(stream.inFlight, 12);
  assert.is(services.monitor.stage('photo').ran, 12);
  await stream.next();
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.is(services.monitor.stage('photo').ran, 16);
  await stream.close();
  await services.close();
});

test('large samples make the window smaller, down to what a batch needs', async () => {
  const { plan, graph } = planOf(sketch({ stages: { photo: { use: 'numbers', with: { to: 1000 }, concurrency: 1 }, double: { use: 'scale', in: { x: 'photo.pair' } } } }));
  const services = servicesFor(plan, { flightBytes: 1000 });
  const stream = await openBatches(plan, graph, { services, section: train });
  for (let step = 0; step < 10; step++) await stream.next();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.is(stream.inFlight, 4);
  await stream.close();
  await services.close();
});

test.run();
