import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withFloats } from '../bytes-for-floats.js';
import { cacheKey, ContentCache, type CacheKeyParts } from '../cache.js';
import { listEntries, verifyEntries } from '../cache-admin.js';
import { float32 } from '../../values/host-tensor.js';
import { parts, tensorOf } from './fixtures/cache.js';
import { freshFolder } from './fixtures/plan.js';

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

test.run();
