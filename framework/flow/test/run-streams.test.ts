import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runStreams, type StreamOptions, type StreamResult } from '../run-streams.js';
import type { RunSection } from '../section-stage.js';
import type { ServiceOptions } from '../services.js';
import type { SourceContext } from '../../plugin/stage-types.js';
import { float32, type HostTensor } from '../../values/host-tensor.js';
import { atWork } from './fixtures/numbers.js';
import { freshFolder, planOf, section, servicesFor, type PlanSketch } from './fixtures/plan.js';

interface Run extends StreamResult {
  readonly lines: readonly string[];
  readonly services: ReturnType<typeof servicesFor>;
}

async function run(sketch: PlanSketch, options: Partial<StreamOptions> = {}, serviceOptions: Partial<ServiceOptions> = {}): Promise<Run> {
  const { plan, graph } = planOf(sketch);
  const services = servicesFor(plan, serviceOptions);
  const folder = freshFolder();
  const folderOf = (stage: string): string => {
    mkdirSync(join(folder, stage), { recursive: true });
    return join(folder, stage);
  };
  try {
    const result = await runStreams(plan, graph, { services, sections: new Map(), folder: folderOf, ...options });
    return { ...result, services, lines: readLines(join(folder, 'out', 'lines.txt')) };
  } finally {
    await services.close();
  }
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}

const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'no error', (error: { code: string }) => error.code);

/** Multiplies its first input, slowly; remembers the sizes of its batches. */
function multiply(input: string, output: string, factor: number, sizes: number[] = []): RunSection {
  return async ({ keys, inputs }) => {
    sizes.push(keys.length);
    await sleep(2);
    const { data, shape } = inputs[input];
    return { [output]: float32(Float32Array.from(data, (item) => item * factor), shape) };
  };
}

const straight: PlanSketch = {
  stages: {
    photo: { use: 'numbers' },
    double: { use: 'scale', in: { x: 'photo.pair' }, with: { factor: 2, jitter: 6 } },
    out: { use: 'lines', in: { x: 'double.x' } },
  },
};

test('every sample reaches the sink once, in order, and the sink is closed at the end', async () => {
  const { lines, finished, refused } = await run(straight);
  assert.equal(lines, [...Array.from({ length: 10 }, (_, i) => `n${i} ${2 * i} ${2 * i * i}`), 'total 10']);
  assert.is(finished, 10);
  assert.equal(refused, []);
});

test('collected values are in the order of the samples', async () => {
  const { collected, keys } = await run(straight, { collect: ['double.x', 'photo.name'], samples: 3 });
  assert.equal(keys, ['n0', 'n1', 'n2']);
  assert.equal(collected['photo.name'], ['number 0', 'number 1', 'number 2']);
  assert.equal(collected['double.x'].map((value) => (value as HostTensor).data[1]), [0, 2, 8]);
});

test('several sections with host stages between them, joined with values from before', async () => {
  const sizes: number[] = [];
  const sections = [section('first', ['double.x'], ['a.x']), section('second', ['plus.x'], ['b.x'])];
  const sketch: PlanSketch = {
    stages: {
      ...straight.stages,
      plus: { use: 'add', in: { a: 'a.x', b: 'photo.pair' } },
      sum: { use: 'add', in: { a: 'b.x', b: 'double.x' } },
      out: { use: 'lines', in: { x: 'sum.x' } },
    },
    sections,
  };
  const runs = new Map([['first', multiply('double.x', 'a.x', 10, sizes)], ['second', multiply('plus.x', 'b.x', 100)]]);
  const { lines } = await run(sketch, { sections: runs });
  assert.equal(lines.slice(0, 10), Array.from({ length: 10 }, (_, i) => `n${i} ${2102 * i} ${2102 * i * i}`));
  assert.equal(sizes, [4, 4, 2]);
});

test('rows of refused samples neither stop a section nor shift its rows', async () => {
  const refuse = Array.from({ length: 40 }, (_, index) => `n${index}`).filter((_, index) => index % 17 !== 3);
  const sketch: PlanSketch = {
    stages: {
      photo: { use: 'numbers', with: { to: 40 } },
      double: { use: 'scale', in: { x: 'photo.pair' }, with: { factor: 2, refuse }, onError: { policy: 'skip' } },
      sum: { use: 'add', in: { a: 'a.x', b: 'photo.pair' } },
      out: { use: 'lines', in: { x: 'sum.x' } },
    },
    sections: [section('only', ['double.x'], ['a.x'])], prefetch: 0,
  };
  const { lines, refused } = await run(sketch, { sections: new Map([['only', multiply('double.x', 'a.x', 10)]]) });
  assert.equal(lines, ['n3 63 189', 'n20 420 8400', 'n37 777 28749', 'total 3']);
  assert.is(refused.length, 37);
});

test('a section may run a smaller batch after a maximum wait', async () => {
  const sizes: number[] = [];
  const sketch: PlanSketch = {
    stages: { photo: { use: 'numbers' }, slow: { use: 'scale', in: { x: 'photo.pair' }, with: { jitter: 60 }, concurrency: 1 }, out: { use: 'lines', in: { x: 'a.x' } } },
    sections: [section('only', ['slow.x'], ['a.x'])],
  };
  const { lines } = await run(sketch, { sections: new Map([['only', multiply('slow.x', 'a.x', 1, sizes)]]), maxWait: 1 });
  assert.is(lines.length, 11);
  assert.ok(sizes.length > 3, `batches of ${sizes.join(', ')}`);
});

for (const concurrency of [1, 3]) {
  test(`a stage computes ${concurrency} at a time, found or not`, async () => {
    const cacheRoot = freshFolder();
    for (const to of [5, 10]) { // the second time half of them are cached
      Object.assign(atWork, { began: 0, most: 0 });
      const sketch: PlanSketch = {
        stages: {
          photo: { use: 'numbers', with: { to } },
          slow: { use: 'scale', in: { x: 'photo.pair' }, with: { jitter: 20 }, concurrency },
          out: { use: 'lines', in: { x: 'slow.x' } },
        },
      };
      const { lines } = await run(sketch, {}, { cacheRoot });
      assert.is(lines.length, to + 1);
      assert.equal([atWork.began, atWork.most], [5, concurrency]);
    }
  });
}

test('samples that wait for their turn are not computed once the run has failed', async () => {
  Object.assign(atWork, { began: 0 });
  const sketch: PlanSketch = {
    stages: {
      photo: { use: 'numbers', with: { to: 12 } },
      slow: { use: 'scale', in: { x: 'photo.pair' }, with: { jitter: 5, throws: ['n0'] }, concurrency: 1 },
      out: { use: 'lines', in: { x: 'slow.x' } },
    },
  };
  assert.is(await codeOf(run(sketch)), 'FLOW_STAGE');
  await sleep(100);
  assert.ok(atWork.began <= 2, `${atWork.began} of 12 began`);
});

test('a section that returns the wrong number of rows is an error', async () => {
  const sketch: PlanSketch = { stages: { photo: { use: 'numbers' }, out: { use: 'lines', in: { x: 'a.x' } } }, sections: [section('only', ['photo.pair'], ['a.x'])] };
  const wrong: RunSection = async () => ({ 'a.x': float32([1, 2], [1, 2]) });
  assert.is(await codeOf(run(sketch, { sections: new Map([['only', wrong]]) })), 'FLOW_DEVICE_SHAPE');
});

const twoSources = (other: Record<string, unknown>): PlanSketch => ({
  stages: {
    photo: { use: 'numbers' }, label: { use: 'numbers', with: other },
    sum: { use: 'add', in: { a: 'photo.pair', b: 'label.pair' } }, out: { use: 'lines', in: { x: 'sum.x' } },
  },
});

test('two sources are joined by key; what has no partner is left out and said', async () => {
  const said: string[] = [];
  const { lines } = await run(twoSources({ from: 5, to: 12 }), {}, { log: (line) => said.push(line) });
  assert.equal(lines, [...[5, 6, 7, 8, 9].map((i) => `n${i} ${2 * i} ${2 * i * i}`), 'total 5']);
  assert.match(said.join('\n'), 'photo: 5 of 10 samples have no partner');
  assert.match(said.join('\n'), 'label: 2 of 7 samples have no partner');
});

test('two sources without a common key, and a source without samples, are errors', async () => {
  assert.is(await codeOf(run(twoSources({ from: 20, to: 22 }))), 'FLOW_SOURCE');
  assert.is(await codeOf(run(twoSources({ from: 3, to: 3 }))), 'FLOW_SOURCE');
});

test('validation gives sources other options', async () => {
  const { keys } = await run(straight, { sources: { photo: { from: 100, to: 103, bad: [] } }, collect: ['photo.name'] });
  assert.equal(keys, ['n100', 'n101', 'n102']);
});

test('an interrupted run finishes what is in flight', async () => {
  let asked = 0;
  const { lines, finished } = await run(straight, { interrupted: () => ++asked > 4 });
  assert.is(finished, 4);
  assert.is(lines.at(-1), 'total 4');
});

test('sinks that are not due are left out; a graph that nobody reads is an error', async () => {
  const { lines, keys } = await run(straight, { sinks: [], collect: ['double.x'] });
  assert.equal([lines, keys.length], [[], 10]);
  assert.is(await codeOf(run(straight, { sinks: [] })), 'FLOW_EDGE');
});

test('what a sink wrote before an error stays, and it is closed, whether or not there is a limit to waiting', async () => {
  for (const stallSeconds of [300, 0]) {
    const folder = freshFolder();
    const double = { use: 'scale', in: { x: 'photo.pair' }, with: { throws: ['n6'] } };
    const sketch: PlanSketch = { stages: { ...straight.stages, double, out: { ...straight.stages.out, with: { slow: 100 } } } };
    assert.is(await codeOf(run(sketch, { folder: () => folder }, { stallSeconds })), 'FLOW_STAGE');
    const lines = readLines(join(folder, 'lines.txt'));
    assert.is(lines[0], 'n0 0 0');
    assert.match(lines.at(-1)!, /^total \d/);
  }
});

test('a flow that stands still is reported with the packets in each stage', async () => {
  const sketch: PlanSketch = { stages: { photo: { use: 'numbers' }, out: { use: 'lines', in: { x: 'a.x' } } }, sections: [section('only', ['photo.pair'], ['a.x'])] };
  const stuck = run(sketch, { sections: new Map([['only', () => new Promise<never>(() => undefined)]]) }, { stallSeconds: 0.2 });
  const error = await stuck.catch((thrown: unknown) => thrown) as { code: string; fields: { got: string } };
  assert.is(error.code, 'FLOW_STALL');
  assert.match(error.fields.got, /only 10 \(0 done\)/);
});

test('a sink whose write never ends is no hindrance to saying so', async () => {
  const sketch: PlanSketch = { stages: { ...straight.stages, out: { ...straight.stages.out, with: { slow: -1 } } } };
  assert.is(await codeOf(run(sketch, {}, { stallSeconds: 0.2 })), 'FLOW_STALL');
});

test('what a source remembers is found by the next run, by content and version', async () => {
  const cacheRoot = freshFolder();
  let computed = 0;
  const runWith = async (content: unknown, version = 1): Promise<string[]> => {
    const { plan: small, graph } = planOf(straight);
    const photo = small.stages.get('photo')!;
    const open = async ({ remembered }: SourceContext<never>) => {
      const names = await remembered(content, async () => [`sample ${++computed}`]);
      return { length: names.length, key: (index: number) => names[index], read: async () => ({ pair: float32([1, 2], [2]), name: '' }) };
    };
    const contract = { ...photo.contract, version, load: async () => ({ stage: { open } }) } as typeof photo.contract;
    const plan = { ...small, stages: new Map(small.stages).set('photo', { ...photo, contract }) };
    const services = servicesFor(plan, { cacheRoot });
    const folder = freshFolder();
    const { keys } = await runStreams(plan, graph, { services, sections: new Map(), folder: () => folder });
    await services.close();
    return [...keys];
  };
  assert.equal(await runWith({ photo: 1 }), ['sample 1']);
  assert.equal(await runWith({ photo: 1 }), ['sample 1']);
  assert.equal(await runWith({ photo: 2 }), ['sample 2']);
  assert.equal(await runWith({ photo: 1 }, 2), ['sample 3']);
});

/** A source of samples of one mebibyte each, which notes how much memory is held whenever it is read. */
function largeSamples(count: number, held: number[]) {
  return {
    length: count,
    key: (index: number) => `n${index}`,
    async read(index: number) {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      held.push(heapUsed + arrayBuffers);
      return { pair: float32([index, 1], [2]), name: new Uint8Array(2 ** 20).fill(1) };
    },
  };
}

test('a long run that visits each sample once keeps none of them', async () => {
  const { plan: small, graph } = planOf({ stages: { ...straight.stages, double: { ...straight.stages.double, with: { factor: 2 }, cache: false } } });
  const held: number[] = [];
  const photo = small.stages.get('photo')!;
  const contract = { ...photo.contract, load: async () => ({ stage: { open: async () => largeSamples(500, held) } }) } as typeof photo.contract;
  const plan = { ...small, stages: new Map(small.stages).set('photo', { ...photo, contract }) };
  const services = servicesFor(plan, { revisits: undefined });
  const folder = freshFolder();
  const { finished } = await runStreams(plan, graph, { services, sections: new Map(), folder: () => folder });
  await services.close();
  assert.is(finished, 500);
  const growth = (Math.max(...held) - held[0]) / 2 ** 20;
  assert.ok(growth < 200, `${growth} MiB of 500`);
});

test.run();
