/** How certain a mean is. */
import { randomFor } from '../../../framework/index.js';

export interface PersonValue {
  readonly person: string;
  readonly value: number;
}

const draws = 1000;

/**
 * The 2.5 % and 97.5 % quantiles of the mean when the people are drawn anew with replacement, all photos of a drawn person together
 * (the cluster bootstrap; Efron and Tibshirani, "An introduction to the bootstrap", 1993). The draws follow from `name` alone.
 */
export function bootstrapInterval(values: readonly PersonValue[], name: string): [number, number] {
  const people = new Map<string, { sum: number; count: number }>();
  for (const { person, value } of values) {
    const own = people.get(person) ?? { sum: 0, count: 0 };
    people.set(person, { sum: own.sum + value, count: own.count + 1 });
  }
  const sums = [...people.values()];
  if (sums.length < 2) return [Number.NaN, Number.NaN];
  const random = randomFor('bootstrap', name);
  const means = Float64Array.from({ length: draws }, () => {
    let [sum, count] = [0, 0];
    for (let draw = 0; draw < sums.length; draw++) {
      const own = sums[random.integer(sums.length)];
      sum += own.sum;
      count += own.count;
    }
    return sum / count;
  }).sort();
  return [means[Math.floor(0.025 * (draws - 1))], means[Math.ceil(0.975 * (draws - 1))]];
}
