import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TestScheduler } from 'rxjs/testing';
import { joinByKey } from '../join-by-key.js';
import { sampleOf, tombstoneOf, type Packet } from '../packet.js';

const scheduler = (): TestScheduler => new TestScheduler((actual, expected) => assert.equal(actual, expected));
const refusal = { stage: 'left', code: 'FLOW_SAMPLE', message: 'no' };
const at = (position: number, values: Record<string, unknown> = {}): Packet => sampleOf({ position, epoch: 0, key: `k${position}` }, values);
const gone = (position: number): Packet => tombstoneOf({ position, epoch: 0, key: `k${position}` }, refusal);

test('parts are joined by sample, however late one side is', () => {
  scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
    const left = cold('  ab--c|', { a: at(0, { l: 0 }), b: at(1, { l: 1 }), c: at(2, { l: 2 }) });
    const right = cold(' --a-bc|', { a: at(0, { r: 0 }), b: at(1, { r: 1 }), c: at(2, { r: 2 }) });
    const expected = '   --a-bc|';
    expectObservable(joinByKey([left, right], 'join')).toBe(expected, {
      a: at(0, { l: 0, r: 0 }), b: at(1, { l: 1, r: 1 }), c: at(2, { l: 2, r: 2 }),
    });
    expectSubscriptions(left.subscriptions).toBe('^----!');
    expectSubscriptions(right.subscriptions).toBe('^-----!');
  });
});

test('a side that is out of order still meets its own partner', () => {
  scheduler().run(({ cold, expectObservable }) => {
    const left = cold('  a--b|', { a: at(0, { l: 0 }), b: at(1, { l: 1 }) });
    const right = cold(' -ba--|', { a: at(0, { r: 0 }), b: at(1, { r: 1 }) });
    expectObservable(joinByKey([left, right], 'join')).toBe('--ab-|', { a: at(0, { l: 0, r: 0 }), b: at(1, { r: 1, l: 1 }) });
  });
});

test('a tombstone on one side takes the sample along', () => {
  scheduler().run(({ cold, expectObservable }) => {
    const left = cold('  ab|', { a: gone(0), b: at(1, { l: 1 }) });
    const right = cold(' ab|', { a: at(0, { r: 0 }), b: at(1, { r: 1 }) });
    expectObservable(joinByKey([left, right], 'join')).toBe('ab|', { a: gone(0), b: at(1, { l: 1, r: 1 }) });
  });
});

test('a side that ends too early is an error, not a loss', () => {
  let message = '';
  scheduler().run(({ cold, flush }) => {
    const left = cold('  ab|', { a: at(0), b: at(1) });
    const right = cold(' a|', { a: at(0) });
    joinByKey([left, right], 'join').subscribe({ error: (error: Error) => { message = error.message; } });
    flush();
  });
  assert.match(message, '1 samples did not arrive on every input');
});

test('an error of one side ends the join and frees the other', () => {
  scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
    const left = cold('  a--#', { a: at(0) });
    const right = cold(' -----a|', { a: at(0) });
    expectObservable(joinByKey([left, right], 'join')).toBe('---#');
    expectSubscriptions(right.subscriptions).toBe('^--!');
  });
});

test.run();
