import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ContentCache, keyContent, keyOf } from '../cache.js';
import { clearEntries, listEntries, pruneEntries, usageByStage, verifyEntries } from '../cache-admin.js';
import { filesIn, parts, tensorOf } from './fixtures/cache.js';
import { freshFolder } from './fixtures/plan.js';

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
  assert.is(JSON.parse(readFileSync(join(root, 'content-usage.json'), 'utf8')).bytes, bytesLeft);
  assert.is((await clearEntries(root)).length, left.length);
  assert.equal(readdirSync(root), []);
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

test('files that are no entries are not listed', async () => {
  const root = freshFolder();
  await new ContentCache({ root }).put('entry', tensorOf(10, 1));
  for (const folder of ['e', 'ent']) {
    mkdirSync(join(root, 'content', folder));
    writeFileSync(join(root, 'content', folder, 'entry'), 'foreign');
  }
  assert.equal((await listEntries(root)).map(({ key }) => key), ['entry']);
});

test('the cache is cleared while a run writes to it', async () => {
  const root = freshFolder();
  const said: string[] = [];
  const cache = new ContentCache({ root, log: (line) => said.push(line) });
  const isOff = (): boolean => said.some((line) => /writing is off/.test(line));
  let clearing = true;
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let index = 0; clearing && !isOff(); index++) await cache.put(`${10 + (index % 50)}-${writer}-${index}`, tensorOf(80_000, index));
  });
  let cleared = 0;
  for (let time = 0; time < 5; time++) {
    while (!isOff() && (await listEntries(root)).length < 10) await new Promise(setImmediate);
    cleared += (await clearEntries(root)).length;
  }
  clearing = false;
  await Promise.all(writers);
  assert.ok(cleared >= 50);
  assert.not.ok(isOff());
  await cache.close();
  await clearEntries(root);
  assert.equal(readdirSync(root), []);
});

test.run();
