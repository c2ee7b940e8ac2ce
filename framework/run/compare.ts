/** A table over runs: where their parameters differ, and what they reached, as mean ± sd over seeds. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { differingPaths, flattenDocument, valueAt, type FlatDocument } from './document-difference.js';
import { readStepMetrics, readValidationMetrics } from './metrics.js';
import { meanSamples, pairedDifferences, type PairedDifference, type SampleValues } from './paired-differences.js';
import { readSinkMetrics } from './sink-metrics.js';
import { readSinkSamples } from './sink-samples.js';
import type { RunFolder } from './run-folder.js';

export interface RunSummary {
  readonly name: string;
  readonly pipeline: string;
  readonly steps: number;
  readonly document: FlatDocument;
  /** What the run reached, by metric. */
  readonly values: Readonly<Record<string, number>>;
  /** Where a sink says how certain a mean is, by metric. */
  readonly intervals?: Readonly<Record<string, Interval>>;
  /** What sinks measured sample by sample. */
  readonly samples?: SampleValues;
}

/** Between these a mean lies with 95 %. */
export type Interval = readonly [low: number, high: number];

export interface Statistic {
  readonly mean: number;
  /** Sample standard deviation; null for a single run. */
  readonly sd: number | null;
  readonly count: number;
  /** Over the samples of a single run, where its sink says it. */
  readonly interval?: Interval;
}

export interface ComparisonRow {
  readonly pipeline: string;
  readonly runs: readonly string[];
  readonly steps: number;
  readonly parameters: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, Statistic>>;
  /** What it is above the first row by, over the samples that both have; of the first row itself, nothing. */
  readonly differences?: Readonly<Record<string, PairedDifference>>;
}

export interface Comparison {
  /** Paths whose values differ between rows. */
  readonly parameters: readonly string[];
  readonly metrics: readonly string[];
  readonly rows: readonly ComparisonRow[];
}

export interface SummaryOptions {
  /** Which validation counts: the last, or that of the best checkpoint. */
  readonly at?: 'last' | 'best';
  /** Only the metrics whose name this matches; all without it. */
  readonly metrics?: RegExp;
}

/** Steps at the end over which training values are averaged: single batches are noisy. */
const tail = 20;
/** A run differs from another of the same group only here. */
const seedPath = 'seed';

/** Reads what a run reached: validation metrics at the chosen occasion, what sinks measured, training values as means over the last steps. */
export function summariseRun(folder: RunFolder, { at = 'last', metrics = /^/ }: SummaryOptions = {}): RunSummary {
  const steps = readStepMetrics(folder.path);
  const validations = readValidationMetrics(folder.path);
  const best = folder.readRecord().best;
  const chosen = (at === 'best' && best ? validations.find(({ step }) => step === best.step) : undefined) ?? validations.at(-1);
  const values: Record<string, number> = {};
  const intervals: Record<string, Interval> = {};
  for (const [name, value] of Object.entries(chosen?.values ?? {})) if (value !== null) values[name] = value;
  for (const [stage, metrics] of readSinkMetrics(folder.samples)) {
    for (const [name, { mean, interval }] of Object.entries(metrics)) {
      values[`${stage}/${name}`] = mean;
      if (interval && interval[0] !== null && interval[1] !== null) intervals[`${stage}/${name}`] = [interval[0], interval[1]];
    }
  }
  const last = steps.slice(-tail);
  for (const name of Object.keys(last.at(-1)?.values ?? {})) {
    const known = last.map((entry) => entry.values[name]).filter((value) => value !== null && value !== undefined);
    if (known.length) values[`train/${name}`] = known.reduce((sum, value) => sum + value, 0) / known.length;
  }
  const kept = Object.fromEntries(Object.entries(values).filter(([name]) => metrics.test(name)));
  const samples = new Map([...readSinkSamples(folder.samples)].filter(([name]) => metrics.test(name)));
  const document = flattenDocument(parse(readFileSync(folder.file('pipeline.yaml'), 'utf8')));
  return { name: folder.name, pipeline: folder.pipeline, steps: steps.at(-1)?.step ?? 0, document, values: kept, intervals, samples };
}

/** Groups runs that differ in the seed alone and lists what else differs. */
export function compareRuns(runs: readonly RunSummary[]): Comparison {
  const groups = new Map<string, RunSummary[]>();
  for (const run of runs) {
    const identity = [...run.document].filter(([path]) => path !== seedPath).map(([path, value]) => `${path}=${value}`);
    const key = [run.pipeline, ...identity.sort()].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const members = [...groups.values()];
  const parameters = differingPaths(members.map((group) => group[0]!.document)).filter((path) => path !== seedPath);
  const metrics = [...new Set(runs.flatMap((run) => Object.keys(run.values)))];
  return { parameters, metrics, rows: members.map((group) => rowOf(group, parameters, metrics, members[0]!)) };
}

function rowOf(group: readonly RunSummary[], parameters: readonly string[], metrics: readonly string[], base: readonly RunSummary[]): ComparisonRow {
  const first = group[0]!;
  const statistics: Record<string, Statistic> = {};
  for (const name of metrics) {
    const values = group.map((run) => run.values[name]).filter((value) => value !== undefined);
    const interval = group.length === 1 ? first.intervals?.[name] : undefined;
    if (values.length) statistics[name] = { ...statisticOf(values), ...(interval && { interval }) };
  }
  const samplesOf = (runs: readonly RunSummary[]): SampleValues => meanSamples(runs.flatMap(({ samples }) => samples ?? []));
  const differences = group === base ? {} : pairedDifferences(samplesOf(group), samplesOf(base));
  return {
    pipeline: first.pipeline, runs: group.map((run) => run.name), steps: Math.max(...group.map((run) => run.steps)),
    parameters: Object.fromEntries(parameters.map((path) => [path, valueAt(first.document, path)])), metrics: statistics,
    ...(Object.keys(differences).length > 0 && { differences }),
  };
}

/** Mean and sample standard deviation. */
export function statisticOf(values: readonly number[]): Statistic {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : null, count: values.length };
}
