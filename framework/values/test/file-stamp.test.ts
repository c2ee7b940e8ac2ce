import { copyFileSync, mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fileStamp } from '../file-stamp.js';

const folder = mkdtempSync(join(tmpdir(), 'file-stamp-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** A tick of the clocks of all file systems that tests run on. */
const tick = 25;

test('a stamp stays until the file is written, replaced or touched, even to the same size and with its time set back', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, 'first');
  const { atime, mtime } = statSync(file);
  const stamps = [await fileStamp(file)];
  assert.is(await fileStamp(file), stamps[0]);
  const changes = [
    () => writeFileSync(file, 'other'),
    () => {
      writeFileSync(file, 'third');
      utimesSync(file, atime, mtime);
    },
    () => {
      copyFileSync(file, join(folder, 'copy'));
      utimesSync(join(folder, 'copy'), atime, mtime);
      renameSync(join(folder, 'copy'), file);
    },
    () => writeFileSync(file, 'longer'),
  ];
  for (const change of changes) {
    await setTimeout(tick);
    change();
    stamps.push(await fileStamp(file));
    assert.is(await fileStamp(file), stamps.at(-1));
  }
  assert.is(new Set(stamps).size, 1 + changes.length);
});

test('a file that is not there rejects with its code', async () => {
  const error = await fileStamp(join(folder, 'missing')).then(() => undefined, (thrown: NodeJS.ErrnoException) => thrown);
  assert.is(error?.code, 'ENOENT');
});

test.run();
