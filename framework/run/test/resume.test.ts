import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FlowError } from '../../errors/flow-error.js';
import type { Plan } from '../../pipeline/plan.js';
import { checkResumable } from '../resume.js';
import { createRunFolder, writePlan } from '../run-folder.js';
import { startRecord } from '../run-record.js';
import { createTrace } from '../trace.js';

const root = mkdtempSync(join(tmpdir(), 'flow-resume-'));
test.after(() => rmSync(root, { recursive: true }));

const document = { flow: 1, seed: 3, stages: { a: { use: 'x/y', with: { size: 3 } } }, train: { stop: { steps: 5 } } };

function planOf(changes: object, digest: string, pluginVersion = '1.0.0'): Plan {
  const stages = new Map([['a', { use: 'x/y', pluginVersion }]]);
  return { name: 'toy', file: join(root, 'toy.yaml'), document: { ...document, ...changes }, origins: new Map(), seed: 3, digest, stages, resources: new Map() } as unknown as Plan;
}

const folder = createRunFolder(root, 'toy', 'first');
writePlan(folder, planOf({}, 'd1'));
folder.writeRecord(startRecord(planOf({}, 'd1'), 'first', { engine: { name: 'wasm', deterministic: true } }));

function refusal(plan: Plan): string {
  try {
    checkResumable(folder, plan);
  } catch (error) {
    assert.is((error as FlowError).code, 'FLOW_RUN_STATE');
    return (error as FlowError).describe();
  }
  return assert.unreachable() as never;
}

test('the same pipeline, or one that only ends elsewhere, may go on', () => {
  assert.equal(checkResumable(folder, planOf({}, 'd1')), []);
  assert.equal(checkResumable(folder, planOf({ train: { stop: { steps: 50 } }, workers: 2 }, 'd2')), ['train.stop.steps: 5 → 50', 'workers: absent → 2']);
});

test('another seed, option or stage is refused, and named', () => {
  assert.match(refusal(planOf({ seed: 4 }, 'd2')), /seed: 3 → 4/);
  assert.match(refusal(planOf({ stages: { a: { use: 'x/y', with: { size: 4 } } } }, 'd2')), /stages\.a\.with\.size: 3 → 4/);
  assert.match(refusal(planOf({ stages: {} }, 'd2')), /stages\.a: present → absent/);
});

test('the same file with another plugin version is refused', () => {
  assert.match(refusal(planOf({}, 'd2', '1.1.0')), /version of x: 1\.0\.0 → 1\.1\.0/);
  assert.match(refusal(planOf({}, 'd2')), /its version was raised/);
});

test('a trace is bounded, in microseconds, with a row for each stage', () => {
  const trace = createTrace(2);
  for (const key of ['k1', 'k2', 'k3']) trace.add({ kind: 'ran', stage: 'a', key, start: 1.5, milliseconds: 2 });
  trace.write(join(root, 'trace.json'));
  const { traceEvents } = JSON.parse(readFileSync(join(root, 'trace.json'), 'utf8')) as { traceEvents: object[] };
  assert.equal(traceEvents, [
    { name: 'thread_name', ph: 'M', pid: 1, tid: 1, args: { name: 'a' } },
    { name: 'k1', cat: 'ran', ph: 'X', pid: 1, tid: 1, ts: 1500, dur: 2000 },
    { name: 'k2', cat: 'ran', ph: 'X', pid: 1, tid: 1, ts: 1500, dur: 2000 },
  ]);
});

test.run();
