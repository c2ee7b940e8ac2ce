import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FlowError, writeFileAtomic } from '../../../framework/index.js';
import { fileNameOf, pathStem } from '../host/file-name.js';
import { withFolder } from './samples.js';

const test = suite('files');

test('plain keys stay as they are', () => {
  for (const key of ['sample1-3', '000002', 'a.b_c']) assert.is(fileNameOf(key), key);
});

test('odd keys become safe names that differ from each other', () => {
  const keys = ['a/b', 'a_b', 'a\\b', '../../etc/passwd', '..', '', '.hidden', 'é ü', 'con:1', 'x'.repeat(300), `y${'x'.repeat(300)}`, 'a\nb', '-rf'];
  const names = keys.map(fileNameOf);
  assert.is(new Set(names).size, keys.length);
  for (const name of names) assert.match(name, /^[A-Za-z0-9_][A-Za-z0-9._-]{0,110}$/);
});

test('in training a step has a folder of its own', () => {
  assert.is(pathStem('out', { key: 'a', step: 0 }), join('out', 'a'));
  assert.is(pathStem('out', { key: 'a', step: 100 }), join('out', 'step-000100', 'a'));
});

test('a file appears whole, in a folder that is made, over an older one, and leaves nothing beside it', () => withFolder(async (folder) => {
  const path = join(folder, 'deep', 'er', 'file.txt');
  writeFileAtomic(path, 'one');
  writeFileAtomic(path, 'two');
  assert.is(await readFile(path, 'utf8'), 'two');
  assert.equal(await readdir(join(folder, 'deep', 'er')), ['file.txt']);
}));

test('where nothing can be written the error says so, and the old file stays', () => withFolder(async (folder) => {
  await writeFile(join(folder, 'taken'), 'a file, not a folder');
  await mkdir(join(folder, 'whole.txt'));
  for (const path of [join(folder, 'taken', 'x.txt'), join(folder, 'whole.txt')]) {
    assert.throws(() => writeFileAtomic(path, 'text'), (error: unknown) => error instanceof FlowError && error.code === 'FLOW_DISK');
  }
  assert.equal((await readdir(folder)).sort(), ['taken', 'whole.txt']);
}));

test.run();
