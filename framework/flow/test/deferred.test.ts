/** What nobody looks at is neither read from the cache nor computed. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runStreams, type StreamOptions } from '../run-streams.js';
import type { StageCounts } from '../monitor.js';
import { float32, type HostTensor } from '../../values/host-tensor.js';
import { freshFolder, planOf, section, servicesFor, type PlanSketch, type StageSketch } from './fixtures/plan.js';

interface Outcome {
  readonly lines: (sink?: string) => readonly string[];
  readonly counts: (stage: string) => Readonly<StageCounts>;
  readonly collected: Readonly<Record<string, readonly unknown[]>>;
  readonly said: string;
}

/** Runs without a layer in memory, as a run does that visits each sample once. */
async function run(sketch: PlanSketch, cacheRoot: string, options: Partial<StreamOptions> = {}): Promise<Outcome> {
  const { plan, graph } = planOf(sketch);
  const said: string[] = [];
  const services = servicesFor(plan, { cacheRoot, revisits: false, log: (line) => said.push(line) });
  const root = freshFolder();
  const folder = (stage: string): string => {
    mkdirSync(join(root, stage), { recursive: true });
    return join(root, stage);
  };
  try {
    const { collected } = await runStreams(plan, graph, { services, sections: new Map(), folder, ...options });
    return {
      collected, said: said.join('\n'),
      counts: (stage) => services.monitor.stage(stage),
      lines: (sink = 'out') => readFileSync(join(root, sink, 'lines.txt'), 'utf8').trim().split('\n'),
    };
  } finally {
    await services.close();
  }
}

const entryFiles = (cacheRoot: string): string[] => readdirSync(join(cacheRoot, 'content'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));

/** The contents of large entries; their heads stay. */
function damageAll(cacheRoot: string): void {
  for (const file of entryFiles(cacheRoot).filter((name) => statSync(name).size > 4096)) truncateSync(file, statSync(file).size - 1);
}

const chain = (last: Partial<StageSketch> = {}): PlanSketch => ({
  stages: {
    photo: { use: 'numbers' },
    wide: { use: 'widen', in: { x: 'photo.pair' } },
    thin: { use: 'narrow', in: { many: 'wide.many' }, ...last },
    out: { use: 'lines', in: { x: 'thin.x' } },
  },
});

const expected = [...Array.from({ length: 10 }, (_, i) => `n${i} ${i} ${i * i}`), 'total 10'];

test('a large value that only cached stages read is not read: damage to it goes unnoticed', async () => {
  const cacheRoot = freshFolder();
  assert.equal((await run(chain(), cacheRoot)).lines(), expected);
  damageAll(cacheRoot);
  const { lines, counts, said } = await run(chain(), cacheRoot);
  assert.equal(lines(), expected);
  assert.equal(['wide', 'thin'].map((stage) => counts(stage).cached), [10, 10]);
  assert.not.match(said, 'damaged');
});

test('a large value that turns out damaged when it is looked at is computed again, and kept', async () => {
  const cacheRoot = freshFolder();
  const sketch = chain({ cache: false });
  await run(sketch, cacheRoot);
  damageAll(cacheRoot);
  const again = await run(sketch, cacheRoot);
  assert.equal(again.lines(), expected);
  assert.match(again.said, 'an entry is damaged');
  const third = await run(sketch, cacheRoot);
  assert.equal(third.lines(), expected);
  assert.not.match(third.said, 'damaged');
  assert.is(third.counts('wide').cached, 10);
});

test('a large value that is gone when it is looked at is computed again', async () => {
  const cacheRoot = freshFolder();
  const sketch = chain({ cache: false });
  await run(sketch, cacheRoot);
  for (const file of entryFiles(cacheRoot)) rmSync(file);
  assert.equal((await run(sketch, cacheRoot)).lines(), expected);
  assert.is(entryFiles(cacheRoot).length, 10);
});

test('sinks, device sections and collected values get large values from the cache as they were', async () => {
  const cacheRoot = freshFolder();
  const sketch: PlanSketch = {
    stages: { photo: { use: 'numbers' }, wide: { use: 'widen', in: { x: 'photo.pair' } }, out: { use: 'lines', in: { x: 'wide.many' } }, sums: { use: 'lines', in: { x: 'sum.x' } } },
    sections: [section('sum', ['wide.many'], ['sum.x'])],
  };
  const sections = new Map([['sum', async ({ inputs }: { inputs: Readonly<Record<string, HostTensor>> }) => {
    const { data, shape: [rows, width] } = inputs['wide.many'];
    const sumOf = (row: number): number => Float32Array.from(data.subarray(row * width, (row + 1) * width)).reduce((sum, item) => sum + item, 0);
    return { 'sum.x': float32(Float32Array.from({ length: rows }, (_, row) => sumOf(row)), [rows, 1]) };
  }]]);
  const runOnce = () => run(sketch, cacheRoot, { sections, collect: ['wide.many'] });
  const [first, second] = [await runOnce(), await runOnce()];
  assert.equal([first.counts('wide').ran, second.counts('wide').cached], [10, 10]);
  for (const sink of ['out', 'sums']) assert.equal(second.lines(sink), first.lines(sink));
  assert.equal(second.collected, first.collected);
});

test('a stage is not run for sinks that are full; other sinks and the stages before it go on', async () => {
  const sketch: PlanSketch = {
    stages: {
      photo: { use: 'numbers', with: { to: 100 } },
      double: { use: 'scale', in: { x: 'photo.pair' }, with: { factor: 2 } },
      drawn: { use: 'scale', in: { x: 'double.x' }, with: { factor: 10, jitter: 4 }, concurrency: 1, cache: false },
      framed: { use: 'scale', in: { x: 'drawn.x' }, with: { factor: 10 }, cache: false },
      sheet: { use: 'lines', in: { x: 'framed.x' }, with: { most: 3 } },
      out: { use: 'lines', in: { x: 'double.x' } },
    },
  };
  const { lines, counts } = await run(sketch, freshFolder());
  assert.equal(lines('sheet'), ['n0 0 0', 'n1 200 200', 'n2 400 800', 'total 3']);
  assert.is(lines('out').at(-1), 'total 100');
  assert.is(counts('double').ran, 100);
  assert.ok(counts('drawn').ran <= 6 && counts('framed').ran <= 6, `${counts('drawn').ran} and ${counts('framed').ran} of 100`);
  assert.equal(['drawn', 'framed'].map((stage) => counts(stage).inside), [0, 0]);
});

test('values that are collected are computed to the end, whatever the sinks take', async () => {
  const sketch: PlanSketch = {
    stages: {
      photo: { use: 'numbers', with: { to: 50 } },
      double: { use: 'scale', in: { x: 'photo.pair' }, with: { factor: 2 } },
      out: { use: 'lines', in: { x: 'double.x' }, with: { most: 1 } },
    },
  };
  const { collected, counts } = await run(sketch, freshFolder(), { collect: ['double.x'] });
  assert.is(collected['double.x'].length, 50);
  assert.is(counts('double').ran, 50);
});

test.run();
