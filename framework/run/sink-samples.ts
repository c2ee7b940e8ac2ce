/**
 * What sinks measured sample by sample. Convention: beside its `NAME.json` a sink may write `NAME-samples.csv` with the columns `key`,
 * `person` (optional: samples of one person belong together) and one for each metric. So runs can be compared sample by sample.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { GroupedValue } from '../values/bootstrap.js';

const ending = '-samples.csv';

/** By `stage/metric` and by key; the last file by name of each sink counts. Values that are not finite are left out. */
export function readSinkSamples(samples: string): Map<string, Map<string, GroupedValue>> {
  const found = new Map<string, Map<string, GroupedValue>>();
  if (!existsSync(samples)) return found;
  for (const entry of readdirSync(samples, { withFileTypes: true }).filter((each) => each.isDirectory())) {
    const folder = join(samples, entry.name);
    const last = readdirSync(folder).filter((name) => name.endsWith(ending)).sort().at(-1);
    if (last === undefined) continue;
    const [head = [], ...rows] = readFileSync(join(folder, last), 'utf8').split('\n').filter(Boolean).map(cellsOf);
    const first = head[1] === 'person' ? 2 : 1;
    head.slice(first).forEach((metric, column) => {
      const values = rows.map((row) => [row[0]!, { group: (first === 2 && row[1]) || row[0]!, value: Number(row[first + column] || NaN) }] as const);
      found.set(`${entry.name}/${metric}`, new Map(values.filter(([, { value }]) => Number.isFinite(value))));
    });
  }
  return found;
}

/** One line of a CSV file; cells may be quoted, quotes in them doubled. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, inQuotes, plain]) => inQuotes?.replaceAll('""', '"') ?? plain!);
}
