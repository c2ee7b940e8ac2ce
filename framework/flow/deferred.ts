/**
 * Values that are known by their digest and read only when somebody needs them. From the second epoch on a source need not
 * decode a photo again when the stages behind it have their results in the cache, and large results are read from the cache only
 * for those who look at them.
 */
import { SampleError } from '../errors/sample-error.js';
import type { Plan, PlannedGraph, PortReference } from '../pipeline/plan.js';
import type { HostContract } from '../plugin/stage-types.js';
import type { StageValues } from './stage-values.js';
import { digestOf, rememberDigest } from './digest.js';

class Deferred {
  readonly read: () => Promise<unknown>;

  constructor(read: () => Promise<unknown>) {
    this.read = read;
  }
}

/** Stand-ins for a sample's values: they have the values' digests, and `read` brings them all when one is needed. */
export function deferValues(digests: Readonly<Record<string, string>>, read: () => Promise<StageValues>): StageValues {
  let reading: Promise<StageValues> | undefined;
  return Object.fromEntries(Object.entries(digests).map(([port, digest]) => {
    const deferred = new Deferred(async () => (await (reading ??= read()))[port]);
    rememberDigest(deferred, digest);
    return [port, deferred];
  }));
}

/** The same for a source's sample, by whose digests results may be kept already: reading rejects with a SampleError when it has changed since. */
export function deferSample(digests: Readonly<Record<string, string>>, read: () => Promise<StageValues>): StageValues {
  return deferValues(digests, async () => {
    const values = await read();
    if (Object.entries(digests).every(([port, digest]) => digestOf(values[port]) === digest)) return values;
    throw new SampleError('The sample changed while the run went on.', {
      reason: 'sample-changed', expected: 'data that stay as they are during a run', cure: 'run again when nothing writes to them',
    });
  });
}

/** The digest of each value of a stage. */
export function digestsOf(values: StageValues): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([port, value]) => [port, digestOf(value)]));
}

/** Whether some of the values are yet to be read. */
export function hasDeferred(values: StageValues): boolean {
  for (const name in values) if (values[name] instanceof Deferred) return true;
  return false;
}

/** The values themselves. */
export async function readValues(values: StageValues): Promise<StageValues> {
  if (!hasDeferred(values)) return values;
  const read = async (value: unknown): Promise<unknown> => (value instanceof Deferred ? value.read() : value);
  return Object.fromEntries(await Promise.all(Object.entries(values).map(async ([port, value]) => [port, await read(value)] as const)));
}

/** The ports of a source whose values are needed in any case: something else than a cached host stage reads them. */
export function neededPorts(source: string, plan: Plan, graph: PlannedGraph, readOutside: readonly PortReference[]): Set<string> {
  const prefix = `${source}.`;
  const needed = new Set(readOutside.filter((port) => port.startsWith(prefix)).map((port) => port.slice(prefix.length)));
  for (const stage of graph.stages.map((name) => plan.stages.get(name)!)) {
    if (stage.contract.kind === 'host' && stage.cache && (stage.contract as HostContract).pure) continue;
    for (const edge of Object.values(stage.inputs)) if (edge.stage === source) needed.add(edge.port);
  }
  return needed;
}
