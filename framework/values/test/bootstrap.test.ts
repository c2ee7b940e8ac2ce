import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bootstrapDraws, bootstrapMean, percentileInterval } from '../bootstrap.js';
import { randomFor } from '../random.js';

/** Heights of the 100 made-up people that the other tests measure. */
const random = randomFor('interval');
const people = Array.from({ length: 100 }, () => random.normal());

test('the interval is that of the mean over groups: values of one group are drawn together', () => {
  const width = (photos: number): number => {
    const [low, high] = bootstrapMean(people.flatMap((value, index) => Array.from({ length: photos }, () => ({ group: `${index}`, value }))), 'x');
    return high - low;
  };
  // 2 · 1.96 / √100, whatever the number of like values of each group.
  assert.ok(Math.abs(width(1) - 0.392) < 0.08, `${width(1)}`);
  assert.is(width(4), width(1));
});

test('as scipy.stats.bootstrap', () => {
  // numpy.random.seed(1); x = numpy.random.exponential(size=40).round(2)
  // scipy.stats.bootstrap((x,), numpy.mean, n_resamples=100000, method='percentile', random_state=1)
  const values = [
    0.54, 1.27, 0, 0.36, 0.16, 0.1, 0.21, 0.42, 0.51, 0.77, 0.54, 1.16, 0.23, 2.1, 0.03, 1.11, 0.54, 0.82, 0.15, 0.22,
    1.61, 3.45, 0.38, 1.18, 2.09, 2.25, 0.09, 0.04, 0.19, 2.1, 0.1, 0.55, 3.17, 0.76, 1.18, 0.38, 1.16, 1.8, 0.02, 1.39,
  ];
  const [low, high] = bootstrapMean(values.map((value, index) => ({ group: `${index}`, value })), 'x');
  assert.ok(Math.abs(low - 0.6235) < 0.03 && Math.abs(high - 1.157) < 0.03, `${low}, ${high}`);
});

test('groups of unlike size: the mean is over values, and a group brings all of its own', () => {
  const values = [1, 1, 1, 1, 5].map((value, index) => ({ group: index < 4 ? 'many' : 'one', value }));
  // Drawn twice "many": 1; twice "one": 5; else 9 / 5.
  assert.equal(bootstrapMean(values, 'x'), [1, 5]);
});

test('two statistics under one name see the same draws; a draw has as many groups as there are', () => {
  const [one, other] = [0, 1].map(() => bootstrapDraws(5, (times) => [...times], 'same'));
  assert.equal(one, other);
  for (const draw of one!) assert.is(draw.reduce((sum, times) => sum + times, 0), 5);
});

test('one group has no interval; draws without a value do not count', () => {
  assert.equal(bootstrapMean([{ group: 'a', value: 1 }, { group: 'a', value: 3 }], 'x'), [Number.NaN, Number.NaN]);
  assert.equal(percentileInterval([3, Number.NaN, 1, 2]), [1, 3]);
});

test.run();
