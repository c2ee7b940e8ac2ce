/**
 * Results that sinks measured. Convention: a sink may write JSON files `{ samples, metrics: { name: { mean, deviation, count, interval } } }` into its
 * folder; the last by name counts. Tables over runs and the report show them.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface SinkMetric {
  readonly mean: number;
  /** Over samples; null where single samples have no such metric. */
  readonly deviation: number | null;
  readonly count: number;
  /** Between these the mean lies with 95 %. */
  readonly interval?: readonly [number | null, number | null];
}

/** Metrics by sink stage and name. A mean that is not finite is left out. */
export function readSinkMetrics(samples: string): ReadonlyMap<string, Readonly<Record<string, SinkMetric>>> {
  const found = new Map<string, Readonly<Record<string, SinkMetric>>>();
  if (!existsSync(samples)) return found;
  for (const entry of readdirSync(samples, { withFileTypes: true }).filter((each) => each.isDirectory())) {
    const folder = join(samples, entry.name);
    const last = readdirSync(folder).filter((name) => name.endsWith('.json')).sort().at(-1);
    const metrics = last === undefined ? {} : metricsOf(join(folder, last));
    if (Object.keys(metrics).length > 0) found.set(entry.name, metrics);
  }
  return found;
}

function metricsOf(path: string): Record<string, SinkMetric> {
  try {
    const { metrics } = JSON.parse(readFileSync(path, 'utf8')) as { metrics?: Record<string, SinkMetric> };
    return Object.fromEntries(Object.entries(metrics ?? {}).filter(([, metric]) => Number.isFinite(metric?.mean)));
  } catch {
    return {}; // some other JSON of the sink
  }
}
