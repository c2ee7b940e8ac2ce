/** What one row of a comparison is better by than another, sample by sample. */
import { bootstrapMean, type GroupedValue } from '../values/bootstrap.js';

/** By metric and key. */
export type SampleValues = ReadonlyMap<string, ReadonlyMap<string, GroupedValue>>;

export interface PairedDifference {
  /** Mean over the samples that both have. */
  readonly mean: number;
  /** Between these it lies with 95 %: people are drawn anew, with all of their samples. */
  readonly interval: readonly [number, number];
  /** Samples that both have. */
  readonly count: number;
}

/** Runs that differ in the seed alone count as one: the mean over those that have the sample. */
export function meanSamples(runs: readonly SampleValues[]): SampleValues {
  if (runs.length === 1) return runs[0]!;
  const names = new Set(runs.flatMap((run) => [...run.keys()]));
  return new Map([...names].map((name) => {
    const gathered = new Map<string, GroupedValue[]>();
    for (const run of runs) for (const [key, value] of run.get(name) ?? []) gathered.set(key, [...(gathered.get(key) ?? []), value]);
    return [name, new Map([...gathered].map(([key, values]) => [key, { group: values[0]!.group, value: values.reduce((sum, { value }) => sum + value / values.length, 0) }]))];
  }));
}

/** `one` − `other`, by metric, where they have samples in common. */
export function pairedDifferences(one: SampleValues, other: SampleValues): Record<string, PairedDifference> {
  const differences: Record<string, PairedDifference> = {};
  for (const [name, samples] of one) {
    const values = [...samples].flatMap(([key, { group, value }]) => {
      const against = other.get(name)?.get(key);
      return against ? [{ group, value: value - against.value }] : [];
    });
    if (values.length === 0) continue;
    differences[name] = { mean: values.reduce((sum, { value }) => sum + value / values.length, 0), interval: bootstrapMean(values, name), count: values.length };
  }
  return differences;
}
