/** How certain a figure is that was measured on samples which belong together in groups (several photos of one person). */
import { randomFor } from './random.js';

export interface GroupedValue {
  /** Values of one group are drawn together. */
  readonly group: string;
  readonly value: number;
}

const draws = 1000;

/**
 * A statistic of `count` groups that are drawn anew with replacement, 1000 times (the cluster bootstrap; Efron and Tibshirani, "An
 * introduction to the bootstrap", 1993). The draws follow from `name` and `count` alone, so that two statistics under one name see the same.
 * Nothing for fewer than two groups.
 *
 * @param statistic of how often each group was drawn, [count]; the array is used again for the next draw.
 */
export function bootstrapDraws<T>(count: number, statistic: (timesDrawn: Float64Array) => T, name: string): T[] {
  if (count < 2) return [];
  const random = randomFor('bootstrap', name);
  const timesDrawn = new Float64Array(count);
  return Array.from({ length: draws }, () => {
    timesDrawn.fill(0);
    for (let draw = 0; draw < count; draw++) timesDrawn[random.integer(count)]!++;
    return statistic(timesDrawn);
  });
}

/** The 2.5 % and 97.5 % quantiles of what was drawn; values that are not finite are left out, and of none the quantiles are NaN. */
export function percentileInterval(drawn: readonly number[]): [number, number] {
  const values = Float64Array.from(drawn.filter(Number.isFinite)).sort();
  return [values[Math.floor(0.025 * (values.length - 1))] ?? Number.NaN, values[Math.ceil(0.975 * (values.length - 1))] ?? Number.NaN];
}

/** The interval of the mean over all values when groups are drawn, each with all of its values: see `bootstrapDraws`. */
export function bootstrapMean(values: readonly GroupedValue[], name: string): [number, number] {
  const groups = new Map<string, { sum: number; count: number }>();
  for (const { group, value } of values) {
    const own = groups.get(group) ?? { sum: 0, count: 0 };
    groups.set(group, { sum: own.sum + value, count: own.count + 1 });
  }
  const sums = [...groups.values()];
  return percentileInterval(bootstrapDraws(sums.length, (timesDrawn) => {
    let [sum, count] = [0, 0];
    timesDrawn.forEach((times, group) => {
      sum += times * sums[group]!.sum;
      count += times * sums[group]!.count;
    });
    return sum / count;
  }, name));
}
