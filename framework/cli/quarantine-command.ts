/** What `flow quarantine` says: the samples that a run refused, by reason, stage or one by one. */
import { existsSync } from 'node:fs';
import type { QuarantineLine } from '../flow/quarantine.js';
import { groupBy } from '../values/group-by.js';
import { readLines } from '../run/metrics.js';
import { findRun, type RunFolder } from '../run/run-folder.js';

/** Refusals of a run. Throws FLOW_RUN_STATE when there is no such run. */
export function refusalsOf(runs: string, name: string): { readonly run: RunFolder; readonly lines: readonly QuarantineLine[] } {
  const run = findRun(runs, name);
  const file = run.file('quarantine.jsonl');
  return { run, lines: existsSync(file) ? readLines<QuarantineLine>(file) : [] };
}

export interface RefusalCount {
  readonly stage: string;
  readonly reason: string;
  readonly samples: number;
  readonly example: string;
}

/** Samples by stage and reason, the most frequent first. */
export function countRefusals(lines: readonly QuarantineLine[]): RefusalCount[] {
  const groups = groupBy(lines, ({ stage, reason, code }) => JSON.stringify([stage, reason ?? code]));
  return [...groups].map(([id, group]) => {
    const [stage, reason] = JSON.parse(id) as [string, string];
    return { stage, reason, samples: group.length, example: group[0].key };
  }).sort((first, second) => second.samples - first.samples);
}

/** A table of counts. */
export function countsText(counts: readonly RefusalCount[]): string {
  return counts.map(({ stage, reason, samples, example }) => `${String(samples).padStart(7)}  ${stage}: ${reason}, such as ${oneLine(example)}`).join('\n');
}

/** One line for each sample; line ends within names are written out. */
export function linesText(lines: readonly QuarantineLine[]): string {
  return lines.map(({ key, stage, reason, code, message }) => `${oneLine(key)}\t${stage}\t${reason ?? code}\t${oneLine(message)}`).join('\n');
}

function oneLine(text: string): string {
  return text.replace(/[\r\n\t]/g, (character) => JSON.stringify(character).slice(1, -1));
}
