import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withFloats } from '../bytes-for-floats.js';
import { cacheKey, ContentCache, keyContent, keyOf, type CacheKeyParts } from '../cache.js';
import { clearEntries, listEntries, pruneEntries, usageByStage, verifyEntries } from '../cache-admin.js';
import { digestOf } from '../digest.js';
import { MemoryLayer } from '../memory-layer.js';
import { float32 } from '../../values/host-tensor.js';
import { freshFolder } from './fixtures/plan.js';

const parts: CacheKeyParts = {
  use: 'numbers/scale', pluginVersion: '1.0.0', version: 1, options: { factor: 2 }, resources: { face: 'abc' }, inputs: { x: float32([1, 2], [2]) },
};
/** Numbers that do not compress, the same for the same seed. */
const tensorOf = (count: number, seed: number): { x: ReturnType<typeof float32> } =>
  ({ x: float32(Float32Array.from({ length: count }, (_, index) => Math.sin(1 + seed + index * index)), [count]) });

test('the key depends on everything that the result depends on', () => {
  const changes: Partial<CacheKeyParts>[] = [
    {}, { use: 'numbers/other' }, { pluginVersion: '1.0.1' }, { version: 2 }, { options: { factor: 3 } }, { resources: { face: 'abd' } },
    { inputs: { x: float32([1, 3], [2]) } }, { inputs: { y: float32([1, 2], [2]) } }, { inputs: { x: float32([1, 2], [1, 2]) } },
  ];
  assert.is(new Set(changes.map((change) => cacheKey({ ...parts, ...change }))).size, changes.length);
  assert.is(cacheKey({ ...parts, inputs: { x: float32([1, 2], [2]) } }), cacheKey(parts));
});

test('an entry outlives the process that wrote it', async () => {
  const root = freshFolder();
  const first = new ContentCache({ root });
  await first.put(cacheKey(parts), { x: float32([5, 6], [2]), note: { score: 0.5, missing: undefined } });
  await first.close();
  const second = new ContentCache({ root });
  assert.equal(await second.get(cacheKey(parts), 'scale'), { x: float32([5, 6], [2]), note: { score: 0.5, missing: undefined } });
  assert.is(await second.get(cacheKey({ ...parts, version: 9 }), 'scale'), undefined);
  assert.equal(second.counters.get('scale'), { hits: 1, misses: 1 });
});

test('damaged entries are misses, are said, and can be written again', async () => {
  for (const count of [10, 1000]) { // read with their heads, and by themselves
    for (const damage of damages) {
      const root = freshFolder();
      const said: string[] = [];
      const cache = new ContentCache({ root, log: (line) => said.push(line) });
      await cache.put(cacheKey(parts), tensorOf(count, 1));
      const [file, ...others] = filesIn(root);
      assert.equal(others, []);
      writeFileSync(file, damage(readFileSync(file)));
      assert.is(await cache.get(cacheKey(parts), 'scale'), undefined);
      assert.match(said.join(), 'an entry is damaged');
      await cache.put(cacheKey(parts), tensorOf(count, 1));
      assert.equal(await cache.get(cacheKey(parts), 'scale'), tensorOf(count, 1));
    }
  }
});

/** Some of what may befall a file; the last two leave its length. */
const damages: readonly ((bytes: Buffer) => Buffer)[] = [
  () => Buffer.alloc(0),
  () => Buffer.from('rubbish'),
  (bytes) => bytes.subarray(0, 30),
  (bytes) => bytes.subarray(0, 150),
  (bytes) => bytes.subarray(0, -1),
  (bytes) => Buffer.concat([bytes, bytes]),
  (bytes) => flipped(bytes, 60),
  (bytes) => flipped(bytes, bytes.length - 1),
];

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] ^= 1;
  return changed;
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

test('what a glance leaves out is known by its digest, and the rest is there', async () => {
  const root = freshFolder();
  const values = { ...tensorOf(1000, 1), small: float32([1, 2, 3], [3]), text: 'photo' };
  await new ContentCache({ root }).put(cacheKey(parts), values);
  const cache = new ContentCache({ root });
  const glanced = (await cache.glance(cacheKey(parts), 'scale'))!;
  assert.equal(glanced, { values: { small: values.small, text: 'photo' }, digests: { x: digestOf(values.x) } });
  assert.equal(await cache.values(cacheKey(parts)), values);
  const [file] = filesIn(root);
  truncateSync(file, statSync(file).size - 1);
  assert.ok(await cache.glance(cacheKey(parts), 'scale'), 'its head is whole');
  assert.is(await cache.values(cacheKey(parts)), undefined);
  assert.is(await cache.glance(cacheKey(parts), 'scale'), undefined, 'it was removed');
});

test('an entry is read where its note alone takes more than is read first', async () => {
  const root = freshFolder();
  const note = { ...keyContent(parts), options: { text: 'ü'.repeat(5000) }, sample: 'n1' };
  await new ContentCache({ root }).put(cacheKey(parts), tensorOf(1000, 1), note);
  assert.equal((await new ContentCache({ root }).glance(cacheKey(parts), 'scale'))!.digests, { x: digestOf(tensorOf(1000, 1).x) });
  assert.equal(await new ContentCache({ root }).get(cacheKey(parts), 'scale'), tensorOf(1000, 1));
  assert.equal((await listEntries(root))[0].note, note);
});

test('the folder stays within its bound; what was used last stays', async () => {
  const root = freshFolder();
  const fill = new ContentCache({ root, diskBytes: 100_000 });
  const keyOf = (index: number): string => cacheKey({ ...parts, version: index });
  for (let index = 0; index < 9; index++) await fill.put(keyOf(index), tensorOf(2500, index));
  await fill.close();
  for (let index = 0; index < 9; index++) {
    const seconds = Date.now() / 1000 - 86_400 + index; // written a day ago
    utimesSync(filesIn(root).find((file) => file.endsWith(keyOf(index)))!, seconds, seconds);
  }
  const cache = new ContentCache({ root, diskBytes: 100_000 });
  await cache.get(keyOf(0), 'scale');
  for (let index = 9; index < 14; index++) await cache.put(keyOf(index), tensorOf(2500, index));
  await cache.close();
  const found = await Promise.all(Array.from({ length: 14 }, async (_, index) => (await cache.get(keyOf(index), 'scale')) !== undefined));
  assert.ok(found[0], 'used just before');
  assert.not.ok(found[1], 'unused for longest');
  assert.ok(found[13], 'written last');
  const bytes = filesIn(root).reduce((sum, file) => sum + statSync(file).size, 0);
  assert.ok(bytes <= 100_000, `${bytes} bytes`);
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

test('values that repeat take little of the folder, and come back as they were', async () => {
  const root = freshFolder();
  const mask = { x: float32(Float32Array.from({ length: 12_544 }, (_, index) => (index % 112 < 50 ? 1 : 0)), [112, 112, 1]) };
  const cache = new ContentCache({ root });
  await cache.put('mask', mask);
  await cache.put('picture', tensorOf(12_544, 1));
  await cache.close();
  const [small, large] = (await listEntries(root)).map(({ bytes }) => bytes).sort((first, second) => first - second);
  assert.ok(small < 2000 && large > 50_000, `${small} and ${large} bytes`);
  const later = new ContentCache({ root });
  assert.equal(await later.get('mask', 'scale'), mask);
  assert.equal(await later.get('picture', 'scale'), tensorOf(12_544, 1));
  assert.equal(await verifyEntries(root, await listEntries(root), () => undefined), []);
});

test('pictures of 256 levels take a byte a number; whatever is not just that comes back bit by bit', async () => {
  const root = freshFolder();
  const picture = Float32Array.from({ length: 3000 }, (_, index) => Math.floor(Math.abs(Math.sin(1 + index * index)) * 255.99) / 255);
  const near = (value: number): Float32Array => Float32Array.from(picture, (level, index) => (index === 2999 ? value : level));
  const cache = new ContentCache({ root });
  const all = [picture, near(-0), near(NaN), near(1.5), near(0.5), near(Math.fround(1 / 255) * (1 + 2 ** -23))];
  for (const [index, data] of all.entries()) await cache.put(`${index}`, { image: float32(data, [1000, 3]), same: float32(data.subarray(0, 3), [3]) });
  const sizes = new Map((await listEntries(root)).map(({ key, bytes }) => [key, bytes]));
  assert.ok(sizes.get('0')! < 4000 && sizes.get('1')! > 12_000, `${[...sizes.values()]}`);
  for (const [index, data] of all.entries()) {
    const { image, same } = (await new ContentCache({ root }).get(`${index}`, 'scale'))! as Record<string, ReturnType<typeof float32>>;
    assert.ok(image.data instanceof Float32Array && same.data instanceof Float32Array);
    assert.equal(new Uint32Array(image.data.buffer, image.data.byteOffset, 3000), new Uint32Array(data.buffer));
  }
});

test('all pairs of levels come back bit by bit, from even and from odd places', () => {
  const levels = Float32Array.from({ length: 256 }, (_, k) => k / 255);
  const bytes = Uint8Array.from({ length: 2 ** 17 + 1 }, (_, index) => (index % 2 ? index >> 9 : (index >> 1) & 255));
  for (const data of [bytes, bytes.subarray(1), bytes.subarray(0, 1), bytes.subarray(0, 0)]) {
    const { image } = withFloats({ image: { ...float32([], [0]), data, shape: [data.length] } }) as { image: ReturnType<typeof float32> };
    assert.ok(image.data instanceof Float32Array && image.data.length === data.length && image.data.every((value, index) => value === levels[data[index]]));
  }
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
  await cache.put('a', tensorOf(2, 1));
  await cache.put('b', tensorOf(2, 2));
  assert.is(said.length, 1);
  assert.match(said[0], 'writing is off');
  assert.equal(await cache.get('a', 'scale'), tensorOf(2, 1), 'the layer in memory still serves');
  assert.is(await cache.get('c', 'scale'), undefined);
  await cache.close();
});

/** Those of entries. */
function filesIn(root: string): string[] {
  return readdirSync(join(root, 'content'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test('processes share a cache that is too small for them: no error, no wrong value, and the bound holds', async () => {
  const root = freshFolder();
  const user = (name: string) => promisify(execFile)(process.execPath, [
    '--import', 'tsx', fileURLToPath(new URL('./fixtures/cache-user.ts', import.meta.url)), root, name,
  ]);
  const answers = await Promise.all(['one', 'two'].map(user));
  for (const { stdout } of answers) {
    const { wrong, said } = JSON.parse(stdout) as { hits: number; wrong: number; said: string[] };
    assert.is(wrong, 0);
    assert.equal(said.filter((line) => /writing is off/.test(line)), []);
  }
  assert.ok(answers.some(({ stdout }) => (JSON.parse(stdout) as { hits: number }).hits > 0), 'nobody found anything');
  const entries = await listEntries(root);
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  assert.ok(bytes < 2 * 600_000, `${bytes} bytes are left`);
  assert.equal(await verifyEntries(root, entries, () => undefined), []);
});

test('from outside: what takes how much, damage is found and removed, the oldest go first', async () => {
  const root = freshFolder();
  const cache = new ContentCache({ root });
  for (let index = 0; index < 5; index++) {
    const content = keyContent({ ...parts, version: 1 + (index % 2), options: { index } });
    await cache.put(keyOf(content), tensorOf(1000, index), { ...content, sample: `n${index}` });
  }
  const content = keyContent(parts);
  const refused = { error: { code: 'FLOW_SAMPLE', message: 'no face', fields: { reason: 'no-face' } }, attempt: 1 } as const;
  await cache.putRefusal(keyOf(content), refused, { ...content, sample: 'n9' });
  await cache.close();
  assert.equal(await new ContentCache({ root }).refusal(keyOf(content)), { ...refused, error: { ...refused.error } });
  const usage = usageByStage(await listEntries(root));
  assert.equal(usage.map(({ stage, entries, refusals }) => [stage, entries, refusals]), [['numbers/scale version 1', 4, 1], ['numbers/scale version 2', 2, 0]]);
  writeFileSync(filesIn(root)[0], 'rubbish');
  const before = await listEntries(root);
  assert.is((await verifyEntries(root, before, () => undefined)).length, 1);
  assert.is((await listEntries(root)).length, 5);
  const { removed, bytesLeft } = await pruneEntries(root, 9000);
  const left = await listEntries(root);
  assert.ok(removed > 0 && bytesLeft <= 9000 && left.length === 5 - removed);
  await clearEntries(root);
  assert.equal(await listEntries(root), []);
});

test('looking at the cache from outside is no use of it', async () => {
  const root = freshFolder();
  await new ContentCache({ root }).put('entry', tensorOf(1000, 1));
  const [file] = filesIn(root);
  utimesSync(file, 1e9, 1e9);
  await verifyEntries(root, await listEntries(root), () => undefined);
  assert.is((await listEntries(root))[0].lastUse, 1e12);
  await new ContentCache({ root }).glance('entry', 'scale');
  assert.ok((await listEntries(root))[0].lastUse > 1e12);
});

test.run();
