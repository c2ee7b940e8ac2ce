/**
 * The numbers of a run. `metrics.jsonl` and `validation.jsonl` hold what the run computed and nothing of the clock, so
 * that an interrupted and resumed run writes the same bytes as an uninterrupted one; `timings.jsonl` holds the clock.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAppendLog, type AppendLog } from './append-log.js';
import { fileVersionRecord, scalarsRecord } from './tensorboard.js';

export interface StepMetrics {
  readonly step: number;
  readonly epoch: number;
  readonly learningRate: number;
  /** Global norm before clipping; null when it is not finite. */
  readonly gradientNorm: number | null;
  /** Loss and logged outputs by reference; null when not finite. */
  readonly values: Readonly<Record<string, number | null>>;
  /** What was done about a non-finite step. */
  readonly action?: 'skipStep' | 'rollback';
}

export interface ValidationMetrics {
  readonly step: number;
  readonly samples: number;
  readonly values: Readonly<Record<string, number | null>>;
}

export interface StepTiming {
  readonly step: number;
  /** Seconds of the whole step, and of the wait for its batch. */
  readonly seconds: number;
  readonly waited: number;
  /** Seconds of training up to here, interruptions left out. */
  readonly elapsed: number;
}

/** Length in bytes of every log, by file name. */
export type LogOffsets = Readonly<Record<string, number>>;

export interface RunLogs {
  step(metrics: StepMetrics): void;
  validation(metrics: ValidationMetrics): void;
  timing(timing: StepTiming): void;
  /** Brings the logs to the disk and returns their lengths. */
  offsets(): LogOffsets;
  /** Cuts every log back; a log without an offset is emptied. */
  cutBack(offsets: LogOffsets): void;
  close(): void;
}

export const logFiles = {
  metrics: 'metrics.jsonl', validation: 'validation.jsonl', timings: 'timings.jsonl', events: 'events.out.tfevents.flow',
} as const;

/** Opens the logs of a run folder for appending. The caller closes them. */
export function openRunLogs(folder: string, now: () => number = Date.now): RunLogs {
  const open = (name: string): AppendLog => openAppendLog(join(folder, name));
  const logs = {
    metrics: open(logFiles.metrics), validation: open(logFiles.validation), timings: open(logFiles.timings), events: open(logFiles.events),
  };
  const all = Object.entries(logFiles) as [keyof typeof logFiles, string][];
  const scalars = (step: number, values: Readonly<Record<string, number>>): void => {
    if (logs.events.length === 0) logs.events.append(fileVersionRecord(now() / 1000));
    logs.events.append(scalarsRecord(step, values, now() / 1000));
  };
  return {
    step: (metrics) => {
      logs.metrics.append(`${JSON.stringify(metrics)}\n`);
      const { learningRate, gradientNorm } = metrics;
      scalars(metrics.step, tagged('train', { ...metrics.values, learningRate, gradientNorm }));
    },
    validation: (metrics) => {
      logs.validation.append(`${JSON.stringify(metrics)}\n`);
      scalars(metrics.step, tagged('validate', metrics.values));
    },
    timing: (timing) => logs.timings.append(`${JSON.stringify(timing)}\n`),
    offsets: () => {
      for (const log of Object.values(logs)) log.flush();
      return Object.fromEntries(all.map(([key, name]) => [name, logs[key].length]));
    },
    cutBack: (offsets) => {
      for (const [key, name] of all) logs[key].cutBack(offsets[name] ?? 0);
    },
    close: () => Object.values(logs).forEach((log) => log.close()),
  };
}

/** The steps of a run, in order; none when it has no log. */
export function readStepMetrics(folder: string): StepMetrics[] {
  return readLines<StepMetrics>(join(folder, logFiles.metrics));
}

/** The validation occasions of a run, in order. */
export function readValidationMetrics(folder: string): ValidationMetrics[] {
  return readLines<ValidationMetrics>(join(folder, logFiles.validation));
}

/** The step times of a run, in order. */
export function readTimings(folder: string): StepTiming[] {
  return readLines<StepTiming>(join(folder, logFiles.timings));
}

/** A number for a log: null when it is not finite, because JSON has no word for that. */
export function loggable(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function tagged(prefix: string, values: Readonly<Record<string, number | null>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}/${name}`, value ?? NaN]));
}

/** The complete lines of a JSONL file; a last line that a crash cut short is left out. */
export function readLines<T>(path: string): T[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  return complete.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}
