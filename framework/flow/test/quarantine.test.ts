import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Quarantine, type QuarantineLine } from '../quarantine.js';
import { freshFolder } from './fixtures/plan.js';

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
