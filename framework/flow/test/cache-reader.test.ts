/** The thread that reads entries of the cache gives what the main thread would, and whatever happens to it costs a run nothing. */
import { statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ContentCache } from '../cache.js';
import { CacheReader } from '../cache-reader.js';
import { answerOf, type EntryQuestion } from '../entry-answer.js';
import { filesIn, tensorOf } from './fixtures/cache.js';
import { freshFolder } from './fixtures/plan.js';

const keys = Array.from({ length: 11 }, (_, index) => `k${index}`);

/** A cache of large and small entries in turn. */
async function filled(): Promise<string> {
  const root = freshFolder();
  const cache = new ContentCache({ root });
  for (const [index, key] of keys.entries()) await cache.put(key, tensorOf(index % 2 ? 10 : 1000, index));
  await cache.close();
  return root;
}

/** A question that only the main thread can answer. */
const stranded = (question: EntryQuestion): EntryQuestion => Object.assign(question, { toThread: () => undefined });

const questionsFor = (root: string, whole: boolean): EntryQuestion[] => [...keys, 'missing'].map((key) => ({ folder: join(root, 'content'), key, whole }));

test('answers of the thread are those of the main thread, each to its question', async () => {
  const root = await filled();
  const said: string[] = [];
  const reader = new CacheReader((line) => said.push(line), 0);
  for (const whole of [false, true]) {
    const questions = questionsFor(root, whole);
    const answers = await Promise.all(questions.map((question) => reader.ask(question)));
    assert.equal(answers.map(({ kind }) => kind), [...keys.map((_, index) => (whole || index % 2 ? 'values' : 'glance')), 'none']);
    for (const [index, answer] of answers.entries()) {
      const here = await answerOf(questions[index]);
      if ('bytes' in here && 'bytes' in answer) assert.ok(Buffer.from(here.bytes).equals(answer.bytes), questions[index].key);
    }
  }
  await reader.close();
  assert.equal(said, []);
});

test('the thread notes uses as asked', async () => {
  const root = await filled();
  const reader = new CacheReader(() => undefined, 0);
  for (const file of filesIn(root)) utimesSync(file, 1000, 1000);
  const [first, second] = questionsFor(root, false);
  await Promise.all([reader.ask({ ...first, notedSince: 2_000_000 }), reader.ask({ ...second, notedSince: 500_000 })]);
  const lastUse = (key: string): number => statSync(filesIn(root).find((file) => file.endsWith(`/${key}`))!).mtimeMs;
  assert.ok(lastUse('k0') > 2_000_000);
  assert.is(lastUse('k1'), 1_000_000);
  assert.is(lastUse('k2'), 1_000_000);
  await reader.close();
});

test('when the thread fails, entries are read on the main thread, and that is said once', async () => {
  const root = await filled();
  const said: string[] = [];
  const reader = new CacheReader((line) => said.push(line), 0);
  const cannotCross = questionsFor(root, true).map(stranded);
  for (let time = 0; time < 2; time++) {
    const answers = await Promise.all(cannotCross.map((question) => reader.ask(question)));
    assert.equal(answers.map(({ kind }) => kind), [...keys.map(() => 'values'), 'none']);
  }
  assert.is(said.length, 1, said.join('\n'));
  assert.match(said[0], 'the thread that reads entries failed');
  await reader.close();
});

test('the thread starts once entries that were found have held up the main thread for long enough', async () => {
  const root = await filled();
  const said: string[] = [];
  const reader = new CacheReader((line) => said.push(line), 1e-6);
  const questions = questionsFor(root, false).map(stranded);
  const missing = questions.at(-1)!;
  for (const question of [missing, missing, questions[0]]) await reader.ask(question);
  assert.equal(said, []);
  await reader.ask(questions[1]);
  assert.is(said.length, 1, 'this one went to the thread');
  await reader.close();
});

test('questions that are open when the reader is closed are answered', async () => {
  const root = await filled();
  const said: string[] = [];
  const reader = new CacheReader((line) => said.push(line), 0);
  const open = questionsFor(root, false).map((question) => reader.ask(question));
  await new Promise((resolve) => setImmediate(resolve));
  await reader.close();
  assert.is((await Promise.all(open)).length, keys.length + 1);
  assert.is((await reader.ask(questionsFor(root, false)[0])).kind, 'glance');
  assert.equal(said, []);
});

test.run();
