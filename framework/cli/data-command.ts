/** What `flow data` prints of a run that looked at a data set. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { QuarantineLine } from '../flow/quarantine.js';
import { readLines } from '../run/metrics.js';
import type { RunEnd } from '../run/run-record.js';
import { groupBy } from '../values/group-by.js';
import { countRefusals, countsText } from './quarantine-command.js';

export interface DescribedData {
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** `stats`: every `statistics.md` that sinks wrote, and the refusals; `sheet`: the pictures that sinks wrote. */
export function describeData(folder: string, { finished = 0, refused = 0 }: Pick<RunEnd, 'finished' | 'refused'>, what: 'stats' | 'sheet'): DescribedData {
  const files = filesBelow(join(folder, 'samples'));
  if (what === 'sheet') {
    const pictures = files.filter((file) => file.endsWith('.png'));
    return { text: pictures.length > 0 ? pictures.join('\n') : 'The pipeline wrote no pictures.', facts: { pictures } };
  }
  const quarantine = join(folder, 'quarantine.jsonl');
  const lines = existsSync(quarantine) ? readLines<QuarantineLine>(quarantine) : [];
  const sets = [...groupBy(lines, ({ key }) => (key.includes('/') ? key.slice(0, key.indexOf('/')) : ''))]
    .map(([set, group]) => ({ folder: set, refused: group.length, counts: countRefusals(group) }));
  const tables = files.filter((file) => file.endsWith('statistics.md')).map((file) => readFileSync(file, 'utf8').trimEnd());
  const share = finished + refused > 0 ? ((100 * refused) / (finished + refused)).toFixed(2) : '0';
  const refusals = [`${finished + refused} samples, ${refused} refused (${share} %)`, ...(refused > 0 ? [countsText(countRefusals(lines))] : [])];
  const byFolder = sets.length > 1 ? sets.map(({ folder: set, refused: count }) => `${String(count).padStart(7)}  in ${set || 'the folder itself'}`) : [];
  return { text: [...tables, '', ...refusals, ...byFolder].join('\n'), facts: { refusals: countRefusals(lines), refusalsByFolder: sets } };
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort().map((name) => join(folder, name));
}
