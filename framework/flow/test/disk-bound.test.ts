import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cacheKey, ContentCache, keyContent } from '../cache.js';
import { listEntries, verifyEntries } from '../cache-admin.js';
import { MemoryLayer } from '../memory-layer.js';
import { filesIn, parts, tensorOf } from './fixtures/cache.js';
import { freshFolder } from './fixtures/plan.js';

const keyAt = (index: number): string => cacheKey({ ...parts, version: index });
const bytesIn = async (root: string): Promise<number> => (await listEntries(root)).reduce((sum, { bytes }) => sum + bytes, 0);

function setTime(root: string, key: string, milliseconds: number): void {
  utimesSync(fileOf(root, key), milliseconds / 1000, milliseconds / 1000);
}

function fileOf(root: string, key: string): string {
  return filesIn(root).find((file) => file.endsWith(key))!;
}

test('the folder stays within its bound; what was used last stays', async () => {
  const root = freshFolder();
  const fill = new ContentCache({ root, diskBytes: 100_000 });
  for (let index = 0; index < 9; index++) await fill.put(keyAt(index), tensorOf(2500, index));
  await fill.close();
  for (let index = 0; index < 9; index++) setTime(root, keyAt(index), Date.now() - 600_000 + index); // written ten minutes ago
  const said: string[] = [];
  const cache = new ContentCache({ root, diskBytes: 100_000, log: (line) => said.push(line) });
  await cache.get(keyAt(0), 'scale');
  for (let index = 9; index < 14; index++) await cache.put(keyAt(index), tensorOf(2500, index));
  await cache.close();
  const found = await Promise.all(Array.from({ length: 14 }, async (_, index) => (await cache.get(keyAt(index), 'scale')) !== undefined));
  assert.ok(found[0], 'used just before');
  assert.not.ok(found[1], 'unused for longest');
  assert.ok(found[13], 'written last');
  assert.ok(await bytesIn(root) <= 100_000, `${await bytesIn(root)} bytes`);
  assert.equal(said, [], 'what this run did not use has made room');
});

test('every way to an entry notes its use: once in a run, and again after an hour', async () => {
  const root = freshFolder();
  const refused = { error: { code: 'FLOW_SAMPLE', message: 'no face', fields: {} }, attempt: 1 } as const;
  const memory = new MemoryLayer<never>(1e6);
  const write = new ContentCache({ root, memory });
  await write.put('small', tensorOf(10, 1));
  await write.put('large', tensorOf(1000, 1));
  await write.putRefusal('none', refused, { ...keyContent(parts), sample: 'n1' });
  const ways: [string, (cache: ContentCache) => Promise<unknown>][] = ['small', 'large'].flatMap((key) =>
    (['get', 'glance'] as const).map((look): [string, (cache: ContentCache) => Promise<unknown>] => [key, (cache) => cache[look](key, 'scale')]));
  for (const [key, look] of [...ways, ['none.refused', (cache: ContentCache) => cache.refusal('none')] as const]) {
    for (const settings of [{ root }, { root, memory }]) {
      setTime(root, key, 1e12);
      const cache = new ContentCache(settings);
      const began = Date.now();
      assert.ok(await look(cache));
      assert.ok(statSync(fileOf(root, key)).mtimeMs >= began - 10, key);
      setTime(root, key, began + 60_000); // later than the beginning of the run
      await look(cache);
      assert.ok(Math.abs(statSync(fileOf(root, key)).mtimeMs - began - 60_000) < 10, key);
      await at(began + 7_200_000, () => look(cache));
      assert.ok(statSync(fileOf(root, key)).mtimeMs >= began + 7_200_000 - 10, key);
    }
  }
});

/** Does something as if it were that time. */
async function at(milliseconds: number, work: () => Promise<unknown>): Promise<void> {
  const { now } = Date;
  Date.now = () => milliseconds;
  try {
    await work();
  } finally {
    Date.now = now;
  }
}

test('the bound holds over runs that were killed', async () => {
  const root = freshFolder();
  const first = new ContentCache({ root, diskBytes: 100_000 });
  await first.put('first', tensorOf(10, 1));
  await first.close();
  for (let run = 0; run < 5; run++) {
    const killed = new ContentCache({ root, diskBytes: 100_000 }); // it is never closed
    for (let index = 0; index < 8; index++) await killed.put(keyAt(8 * run + index), tensorOf(2500, index));
    assert.ok(await bytesIn(root) <= 100_000, `${await bytesIn(root)} bytes`);
  }
});

test('what a killed process left unfinished goes with the next eviction, what another one writes stays', async () => {
  const root = freshFolder();
  const cache = new ContentCache({ root, diskBytes: 25_000 });
  await cache.put('entry-0', tensorOf(2500, 0));
  const unfinished = join(root, 'content', 'unfinished');
  for (const [name, age] of [['old', 7200], ['young', 60]] as const) {
    writeFileSync(join(unfinished, name), 'half');
    utimesSync(join(unfinished, name), Date.now() / 1000 - age, Date.now() / 1000 - age);
  }
  for (let index = 1; index < 4; index++) await cache.put(`entry-${index}`, tensorOf(2500, index));
  await cache.close();
  assert.equal(readdirSync(unfinished), ['young']);
  assert.ok((await listEntries(root)).every(({ key }) => key.startsWith('entry-')));
});

test('a run that needs more than the bound is told so, once', async () => {
  const said: string[] = [];
  const cache = new ContentCache({ root: freshFolder(), diskBytes: 50_000, log: (line) => said.push(line) });
  for (let index = 0; index < 20; index++) await cache.put(`entry-${index}`, tensorOf(2500, index));
  await cache.close();
  assert.is(said.length, 1);
  assert.match(said[0], 'FLOW_CACHE_SIZE');
});

test('a folder that cannot be written turns writing off, and says so once', async () => {
  const root = join(freshFolder(), 'file');
  writeFileSync(root, '');
  const said: string[] = [];
  const cache = new ContentCache({ root, memory: new MemoryLayer(10_000), log: (line) => said.push(line) });
  await Promise.all(Array.from({ length: 10 }, (_, index) => cache.put(`entry-${index}`, tensorOf(2, index))));
  assert.equal(said.map((line) => /an entry could not be written|writing is off/.exec(line)?.[0]), ['an entry could not be written', 'writing is off']);
  assert.equal(await cache.get('entry-0', 'scale'), tensorOf(2, 0), 'the layer in memory still serves');
  assert.is(await cache.get('entry-10', 'scale'), undefined);
  await cache.close();
});

test('an entry that cannot be written is left out, and the others are kept', async () => {
  const root = freshFolder();
  const said: string[] = [];
  const cache = new ContentCache({ root, log: (line) => said.push(line) });
  await cache.put('aa1', tensorOf(10, 1));
  writeFileSync(join(root, 'content', 'bb'), ''); // where a folder belongs
  for (let index = 0; index < 5; index++) {
    await cache.put(`bb${index}`, tensorOf(10, 2));
    await cache.put(`cc${index}`, tensorOf(10, 3));
    assert.equal(await cache.get(`cc${index}`, 'scale'), tensorOf(10, 3));
  }
  assert.is(said.length, 1);
  assert.match(said[0], /an entry could not be written.*bb/);
  assert.equal(readdirSync(join(root, 'content', 'unfinished')), []);
});

test('processes share a cache that is too small for them: no error, no wrong value, and the next run knows what they left', async () => {
  const root = freshFolder();
  const user = (name: string) => promisify(execFile)(process.execPath, [
    '--import', 'tsx', fileURLToPath(new URL('./fixtures/cache-user.ts', import.meta.url)), root, name,
  ]);
  const answers = await Promise.all(['one', 'two'].map(user));
  for (const { stdout } of answers) {
    const { wrong, said } = JSON.parse(stdout) as { hits: number; wrong: number; said: string[] };
    assert.is(wrong, 0);
    assert.equal(said.filter((line) => !/FLOW_CACHE_SIZE/.test(line)), []);
  }
  assert.ok(answers.some(({ stdout }) => (JSON.parse(stdout) as { hits: number }).hits > 0), 'nobody found anything');
  const next = new ContentCache({ root, diskBytes: 600_000 });
  await next.put('next', tensorOf(10, 1));
  assert.ok(await bytesIn(root) <= 600_000, `${await bytesIn(root)} bytes are left`);
  await next.close();
  assert.is(JSON.parse(readFileSync(join(root, 'content-usage.json'), 'utf8')).bytes, await bytesIn(root));
  assert.equal(await verifyEntries(root, await listEntries(root), () => undefined), []);
});

test.run();
