import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { from, lastValueFrom, toArray } from 'rxjs';
import { setTimeout as sleep } from 'node:timers/promises';
import { mapInOrder } from '../map-in-order.js';

test('results leave in the order of their inputs, with at most so many at work', async () => {
  let working = 0;
  let most = 0;
  const slowFirst = async (item: number): Promise<number> => {
    most = Math.max(most, ++working);
    await sleep((10 - item) * 2);
    working--;
    return item * item;
  };
  const items = Array.from({ length: 10 }, (_, index) => index);
  assert.equal(await lastValueFrom(from(items).pipe(mapInOrder(3, slowFirst), toArray())), items.map((item) => item * item));
  assert.is(most, 3);
});

test('an undefined result keeps its place', async () => {
  assert.equal(await lastValueFrom(from([1, 2]).pipe(mapInOrder(2, async () => undefined), toArray())), [undefined, undefined]);
});

test('a rejection is an error of the stream', async () => {
  const failing = from([1]).pipe(mapInOrder(1, () => Promise.reject(new Error('no'))));
  assert.match(await lastValueFrom(failing).catch((error: Error) => error.message), 'no');
});

test.run();
