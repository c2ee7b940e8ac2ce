import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Hurry } from '../hurry.js';
import { readWhole } from '../read-whole.js';

const folder = mkdtempSync(join(tmpdir(), 'read-whole-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('files come whole; what cannot be read rejects with its code', async () => {
  const written = Buffer.from(Float64Array.from({ length: 30_000 }, (_, index) => index).buffer);
  for (const [name, bytes] of [['large', written], ['small', Buffer.from('a')], ['empty', Buffer.alloc(0)]] as const) {
    writeFileSync(join(folder, name), bytes);
    const read = await Promise.all(Array.from({ length: 40 }, () => readWhole(join(folder, name))));
    assert.ok(read.every((one) => one.equals(bytes)));
    assert.is(new Set(read.map(({ buffer }) => buffer)).size, 40);
  }
  for (const [file, code] of [[join(folder, 'missing'), 'ENOENT'], [folder, 'EISDIR']]) {
    const error = await readWhole(file).then(() => undefined, (thrown: NodeJS.ErrnoException) => thrown);
    assert.is(error?.code, code);
  }
});

test('work is done in place until it takes long, and tried again after one other, two, four, at most sixteen', () => {
  let time = 0;
  const hurry = new Hurry(() => time);
  const work = (milliseconds: number): string => hurry.timed(() => {
    time += milliseconds;
    return 'done';
  });
  for (let index = 0; index < 100; index++) {
    assert.ok(hurry.now());
    assert.is(work(0.1), 'done');
  }
  const waits = (): number => {
    let count = 0;
    while (!hurry.now()) count++;
    return count;
  };
  for (const expected of [1, 2, 4, 8, 16, 16]) {
    work(5);
    assert.is(waits(), expected);
  }
  work(0.1);
  assert.is(waits(), 0);
  work(5);
  assert.is(waits(), 1);
});

test.run();
