import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Monitor } from '../monitor.js';
import { Quarantine, type QuarantineLine } from '../quarantine.js';
import { TraceWriter, writeTrace } from '../trace.js';
import { freshFolder } from './fixtures/plan.js';

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly args: Readonly<Record<string, unknown>>;
}

const event = { stage: 'align', key: 'n1', position: 1, start: 2.5, milliseconds: 0.25 };

test('a trace has a named row for each stage and a bar for each sample, in microseconds', async () => {
  const file = join(freshFolder(), 'deep', 'trace.json');
  const [monitor, trace] = [new Monitor(), new TraceWriter(file)];
  const subscription = writeTrace(monitor, trace);
  monitor.report({ kind: 'ran', ...event });
  monitor.report({ kind: 'cached', ...event, stage: 'fit' });
  monitor.report({ kind: 'finished', ...event, stage: 'end' });
  subscription.unsubscribe();
  trace.span({ row: 'device', name: 'step 1', start: 3, milliseconds: 10 });
  await trace.close();
  const events = JSON.parse(readFileSync(file, 'utf8')) as TraceEvent[];
  assert.equal(events.filter(({ ph }) => ph === 'M').map(({ args }) => args.name), ['align', 'fit', 'device']);
  const bars = events.filter(({ ph }) => ph === 'X');
  assert.equal(bars.map(({ name, tid, ts, dur }) => [name, tid, ts, dur]), [['n1', 1, 2500, 250], ['n1 (cached)', 2, 2500, 250], ['step 1', 3, 3000, 10000]]);
});

test('an empty trace is valid too; one that cannot be written says so at the end only', async () => {
  const file = join(freshFolder(), 'trace.json');
  await new TraceWriter(file).close();
  assert.equal(JSON.parse(readFileSync(file, 'utf8')), []);
  const blocked = new TraceWriter(freshFolder());
  await new Promise((resolve) => setTimeout(resolve, 20));
  blocked.span({ row: 'a', name: 'b', start: 0, milliseconds: 1 });
  assert.is(await blocked.close().catch((error: { code: string }) => error.code), 'EISDIR');
});

test('the quarantine goes on after a crash: no line twice, a cut-off line is cleared away', async () => {
  const file = join(freshFolder(), 'quarantine.jsonl');
  const line = { key: 'n1', stage: 'align', attempt: 1, code: 'FLOW_SAMPLE', message: 'no face' };
  const first = new Quarantine(file);
  first.add(line);
  first.add(line);
  first.add({ ...line, stage: 'fit' });
  await first.close();
  appendFileSync(file, '{"key":"n9","sta');
  const second = new Quarantine(file);
  second.add(line);
  second.add({ ...line, key: 'n2' });
  await second.close();
  const lines = readFileSync(file, 'utf8').trim().split('\n').map((text) => JSON.parse(text) as QuarantineLine);
  assert.equal(lines.map(({ key, stage }) => `${stage} ${key}`), ['align n1', 'fit n1', 'align n2']);
  assert.equal([...second.counts], [['align', 2], ['fit', 1]]);
});

test.run();
