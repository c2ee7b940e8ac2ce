/** A cached section: each sample once, by itself, whatever its batch; found again by content. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { useEngine } from '../../device/index.js';
import { ContentCache } from '../../flow/cache.js';
import type { SectionBatch } from '../../flow/section-stage.js';
import type { Plan, PlannedSection } from '../../pipeline/plan.js';
import { float32, type HostTensor } from '../../values/host-tensor.js';
import { cachedSection } from '../cached-section.js';

const root = mkdtempSync(join(tmpdir(), 'flow-cached-'));
test.after(() => rmSync(root, { recursive: true }));
test.before(() => useEngine('cpu').then(() => undefined));

const section: PlannedSection = { name: 'section-1', stages: ['a/seen'], inputs: ['align.image'], outputs: ['a/seen.code'], cached: true };
const edge = { stage: 'align', port: 'image', detach: false, place: { file: 'x', line: 1, column: 1 } };

function planOf(options: object, digest: string): Plan {
  const stage = {
    name: 'a/seen', use: 'toy/embed', pluginVersion: '1.0.0', contract: { version: 3 }, options, inputs: { image: edge },
    outputPorts: { code: {}, other: {} }, resources: { networks: 'nets' },
  };
  return { stages: new Map([['a/seen', stage]]), resources: new Map([['nets', { digest }]]) } as unknown as Plan;
}

/** code = 2 x, other = −x; remembers what it was asked. */
function program() {
  const calls: string[][] = [];
  return {
    calls,
    run: async (batch: { keys: readonly string[]; inputs: Readonly<Record<string, HostTensor>> }): Promise<Record<string, HostTensor>> => {
      calls.push([...batch.keys]);
      const { data, shape } = batch.inputs['align.image']!;
      const scaled = (factor: number): HostTensor => float32(Float32Array.from(data, (value) => factor * value), shape);
      return { 'a/seen.code': scaled(2), 'a/seen.other': scaled(-1) };
    },
  };
}

const batchOf = (keys: readonly string[], values: readonly number[]): SectionBatch => ({
  keys, epoch: 0, epochs: keys.map(() => 0), inputs: { 'align.image': float32(Float32Array.from(values), [keys.length, values.length / keys.length]) },
});

test('samples are computed one by one, once for each content, and found again from disk', async () => {
  const toy = program();
  const run = cachedSection(planOf({ size: 8 }, 'first'), section, toy, new ContentCache({ root }));
  const outputs = await run(batchOf(['p', 'q'], [1, 2, 3, 4]));
  assert.equal(outputs, { 'a/seen.code': float32(Float32Array.of(2, 4, 6, 8), [2, 2]) });
  assert.equal(toy.calls, [['p'], ['q']]);
  // Other neighbours, another key for the same content.
  const again = await run(batchOf(['r', 's', 't'], [3, 4, 5, 6, 1, 2]));
  assert.equal([...again['a/seen.code']!.data], [6, 8, 10, 12, 2, 4]);
  assert.equal(toy.calls.slice(2), [['s']]);
  const later = program();
  const other = { ...section, outputs: ['a/seen.other', 'a/seen.code'] };
  const reopened = await cachedSection(planOf({ size: 8 }, 'first'), other, later, new ContentCache({ root }))(batchOf(['p'], [5, 6]));
  assert.equal(reopened, { 'a/seen.other': float32(Float32Array.of(-5, -6), [1, 2]), 'a/seen.code': float32(Float32Array.of(10, 12), [1, 2]) });
  assert.equal(later.calls, []);
});

test('options, resources and the engine make other entries', async () => {
  for (const [options, digest, engine] of [[{ size: 9 }, 'first', 'cpu'], [{ size: 8 }, 'second', 'cpu'], [{ size: 8 }, 'first', 'wasm']] as const) {
    await useEngine(engine);
    const toy = program();
    await cachedSection(planOf(options, digest), section, toy, new ContentCache({ root }))(batchOf(['p'], [1, 2]));
    assert.is(toy.calls.length, 1, `${JSON.stringify(options)} ${digest} ${engine}`);
  }
});

test.run();
