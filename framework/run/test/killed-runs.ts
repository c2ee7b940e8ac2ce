/** Runs in processes of their own that are killed, and what must not depend on it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { RunOptions } from '../../run-pipeline.js';
import { readLines } from '../metrics.js';
import { readEvents } from './read-events.js';

export interface ProcessOptions {
  /** The run finds none of the plugins that ship with the program. */
  readonly withoutPlugins?: boolean;
}

export function startRun(options: RunOptions & ProcessOptions): ChildProcess {
  const script = fileURLToPath(new URL('./run-process.ts', import.meta.url));
  return spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(options)], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Starts a run and kills it with SIGKILL, the given milliseconds after its folder has that many steps in its log. */
export async function killRun(options: RunOptions & ProcessOptions, folder: string, steps: number, milliseconds: number): Promise<void> {
  const child = startRun(options);
  while (child.exitCode === null && readLines(join(folder, 'metrics.jsonl')).length < steps) await sleep(5);
  await sleep(milliseconds);
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** Everything of a run folder that must not depend on interruptions: weights, logs, samples, events without their times. */
export function outcomeOf(folder: string, sink: string): Record<string, unknown> {
  const text = (...parts: string[]): string => readFileSync(join(folder, ...parts)).toString('latin1');
  const samples = readdirSync(join(folder, 'samples', sink)).sort();
  return {
    weights: text('weights.safetensors'), best: text('checkpoints', 'best.safetensors'), metrics: text('metrics.jsonl'), validation: text('validation.jsonl'),
    samples: samples.map((name) => [name, text('samples', sink, name)]),
    events: readEvents(readFileSync(join(folder, 'events.out.tfevents.flow'))).map(({ wallTime: _wallTime, ...event }) => event),
    quarantine: readLines<{ key: string }>(join(folder, 'quarantine.jsonl')).map(({ key }) => key).sort(),
  };
}
