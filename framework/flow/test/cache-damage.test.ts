import { mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cacheKey, ContentCache, keyContent, type EntryNote } from '../cache.js';
import { listEntries, verifyEntries } from '../cache-admin.js';
import { digestOf } from '../digest.js';
import { entryBytes, headOf } from '../entry-file.js';
import { removeEntry } from '../entry-store.js';
import { float32 } from '../../values/host-tensor.js';
import { filesIn, parts, tensorOf } from './fixtures/cache.js';
import { freshFolder } from './fixtures/plan.js';

const key = cacheKey(parts);
const note: EntryNote = { ...keyContent(parts), sample: 'n1' };

/** Some of what may befall a file; the last four leave its length. A glance does not look at the content of a large entry. */
const damages: readonly { readonly of: string; readonly befalls: (bytes: Buffer) => Buffer }[] = [
  { of: 'all', befalls: () => Buffer.alloc(0) },
  { of: 'all', befalls: () => Buffer.from('rubbish') },
  { of: 'line', befalls: (bytes) => bytes.subarray(0, 30) },
  { of: 'note', befalls: (bytes) => bytes.subarray(0, 150) },
  { of: 'content', befalls: (bytes) => bytes.subarray(0, -1) },
  { of: 'content', befalls: (bytes) => Buffer.concat([bytes, bytes]) },
  { of: 'line', befalls: (bytes) => flipped(bytes, 60) },
  { of: 'note', befalls: (bytes) => flipped(bytes, bytes.indexOf('numbers/scale')) },
  { of: 'glance', befalls: (bytes) => flipped(bytes, headOf(key, bytes)!.size - 1) },
  { of: 'content', befalls: (bytes) => flipped(bytes, bytes.length - 1) },
];

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] ^= 1;
  return changed;
}

/** Read at the main thread itself, and by the cache's own. */
for (const [inPlace, where] of [[Infinity, 'in place'], [0, 'by the thread']] as const) {
  for (const look of ['get', 'glance'] as const) {
    test(`damaged entries are misses, are said, and can be written again: ${look}, ${where}`, async () => {
      const root = freshFolder();
      const said: string[] = [];
      const cache = new ContentCache({ root, inPlace, log: (line) => said.push(line) });
      for (const count of [10, 1000]) { // read with their heads, and by themselves
        for (const { befalls } of damages.filter(({ of }) => look === 'get' || of !== 'content' || count === 10)) {
          await cache.put(key, tensorOf(count, 1), note);
          const [file, ...others] = filesIn(root);
          assert.equal(others, []);
          writeFileSync(file, befalls(readFileSync(file)));
          assert.is(await cache[look](key, 'scale'), undefined);
          assert.match(said.splice(0).join('\n'), /^cache: an entry is damaged[^\n]*$/);
          assert.equal(filesIn(root), []);
          await cache.put(key, tensorOf(count, 1), note);
          assert.ok(await cache[look](key, 'scale'));
          assert.equal(await cache.get(key, 'scale'), tensorOf(count, 1));
        }
      }
      await cache.close();
      assert.equal(said, []);
    });
  }

  test(`what the file system does not give is neither damaged nor removed: ${where}`, async () => {
    const root = freshFolder();
    const said: string[] = [];
    const cache = new ContentCache({ root, inPlace, log: (line) => said.push(line) });
    await cache.put(key, tensorOf(10, 1));
    const listed = await listEntries(root);
    const [file] = filesIn(root);
    await removeEntry(`${root}/content`, key);
    mkdirSync(file); // reading it fails as it would with too many open files
    for (const look of ['get', 'glance'] as const) assert.is(await cache[look](key, 'scale'), undefined);
    assert.equal(await verifyEntries(root, listed, () => undefined), []);
    await cache.close();
    assert.equal(said, []);
    assert.ok(statSync(file).isDirectory());
  });

  test(`what a glance leaves out is known by its digest, and the rest is there: ${where}`, async () => {
    const root = freshFolder();
    const values = { ...tensorOf(1000, 1), picture: float32(Float32Array.from({ length: 3000 }, (_, index) => (index % 256) / 255), [3000]), small: float32([1, 2, 3], [3]), text: 'photo' };
    await new ContentCache({ root }).put(key, values);
    const cache = new ContentCache({ root, inPlace });
    const glanced = (await cache.glance(key, 'scale'))!;
    assert.equal(glanced, { values: { small: values.small, text: 'photo' }, digests: { x: digestOf(values.x), picture: digestOf(values.picture) } });
    assert.equal(await cache.values(key), values);
    const [file] = filesIn(root);
    truncateSync(file, statSync(file).size - 1);
    assert.ok(await cache.glance(key, 'scale'), 'its head is whole');
    assert.is(await cache.values(key), undefined);
    assert.is(await cache.glance(key, 'scale'), undefined, 'it was removed');
    await cache.close();
  });

  test(`many glances at a time do not get in each other's way: ${where}`, async () => {
    const root = freshFolder();
    const cache = new ContentCache({ root, inPlace });
    const valuesOf = (index: number) => ({ ...tensorOf(index % 2 ? 10 : 1000, index), text: `${index} `.repeat(20), small: float32([index], [1]) });
    const indices = Array.from({ length: 40 }, (_, index) => index);
    for (const index of indices) await cache.put(`${10 + index}`, valuesOf(index));
    const glanced = await Promise.all(indices.map((index) => cache.glance(`${10 + index}`, 'scale')));
    for (const index of indices) {
      const { x, ...small } = valuesOf(index);
      assert.equal(glanced[index], index % 2 ? { values: valuesOf(index), digests: {} } : { values: small, digests: { x: digestOf(x) } });
    }
    await cache.close();
  });
}

test('an entry under the name of another is damaged', async () => {
  const root = freshFolder();
  const cache = new ContentCache({ root });
  await cache.put('aa1', tensorOf(10, 1));
  await cache.put('aa2', tensorOf(10, 2));
  const [one, two] = filesIn(root).sort();
  writeFileSync(one, readFileSync(two));
  assert.is(await cache.get('aa1', 'scale'), undefined);
  assert.equal(await cache.get('aa2', 'scale'), tensorOf(10, 2));
});

test('an entry is read where its note alone takes more than is read first', async () => {
  const root = freshFolder();
  const long = { ...note, options: { text: 'ü'.repeat(5000) } };
  await new ContentCache({ root }).put(key, tensorOf(1000, 1), long);
  assert.equal((await new ContentCache({ root }).glance(key, 'scale'))!.digests, { x: digestOf(tensorOf(1000, 1).x) });
  assert.equal(await new ContentCache({ root }).get(key, 'scale'), tensorOf(1000, 1));
  assert.equal((await listEntries(root))[0].note, long);
});

test('contents begin at multiples of eight bytes', () => {
  for (let length = 0; length < 20; length++) {
    const bytes = entryBytes({ key, note: 'n'.repeat(length), glance: Buffer.alloc(3), content: Buffer.from('content') });
    const { size, noteText } = headOf(key, bytes)!;
    assert.equal([size % 8, noteText, bytes.toString('utf8', size)], [0, `"${'n'.repeat(length)}"`, 'content']);
  }
});

test.run();
