/** Inference and validation: every sample of the sources once, through all stages, to the sinks and the collected values. */
import { finalize, Subject, takeUntil, tap } from 'rxjs';
import { FlowError } from '../errors/flow-error.js';
import type { Plan, PlannedGraph, PortReference } from '../pipeline/plan.js';
import { joinByKey } from './join-by-key.js';
import { openSources, type OpenedSources, type SourceOptions } from './open-source.js';
import { isRefused, type Refusal, type Ticket } from './packet.js';
import { sectionRoom, type RunSection } from './section-stage.js';
import { startCursor, ticketSequence } from './sequence.js';
import type { FlowServices } from './services.js';
import { openSink, type OpenSink } from './sink-stage.js';
import { watch } from './watchdog.js';
import { wireGraph, type WiredGraph } from './wire-graph.js';

export interface StreamOptions {
  readonly services: FlowServices;
  /** What runs each device section of the graph. */
  readonly sections: ReadonlyMap<string, RunSection>;
  /** Folder of a sink's files. */
  readonly folder: (stage: string) => string;
  /** The training step of this occasion; 0 outside training. */
  readonly step?: number;
  /** Values to collect for every sample: metrics. */
  readonly collect?: readonly PortReference[];
  /** Sinks that write on this occasion; by default all of the graph. */
  readonly sinks?: readonly string[];
  /** At most this many samples; 0 means all. */
  readonly samples?: number;
  /** Only the samples of these keys; those that the sources do not have are passed over. */
  readonly only?: readonly string[];
  readonly sources?: SourceOptions;
  /** Longest wait of a sample for a batch to fill, in milliseconds. */
  readonly maxWait?: number;
  /** Told the keys of all samples before the first is pulled. */
  readonly opened?: (keys: readonly string[]) => void;
  /** Asked before each sample is pulled: true lets what is in flight finish and ends the run. */
  readonly interrupted?: () => boolean;
}

export interface StreamResult {
  /** Samples that reached the end. */
  readonly finished: number;
  readonly refused: readonly (Refusal & { readonly key: string })[];
  /** Collected values in the order of the samples, one for each of `keys`. */
  readonly collected: Readonly<Record<PortReference, readonly unknown[]>>;
  readonly keys: readonly string[];
}

/** Runs a graph over all samples of its sources. Ends when every sample is done or refused; throws the first error of a stage that may not refuse. */
export async function runStreams(plan: Plan, graph: PlannedGraph, options: StreamOptions): Promise<StreamResult> {
  const { services, folder, step = 0 } = options;
  const sources = await openSources(plan, graph, services, options.sources);
  const sinks: OpenSink[] = [];
  let closed = false;
  const close = async (): Promise<void> => {
    closed = true;
    for (const sink of sinks) await sink.close();
  };
  try {
    for (const stage of sinkStages(plan, graph, options)) {
      sinks.push(await openSink({ plan, stage, services, folder: folder(stage.name), step }));
    }
    const result = await drain(plan, graph, options, sources, sinks);
    await close();
    return result;
  } finally {
    if (!closed) await close().catch(() => undefined); // what was written stays usable; the first error matters
    await sources.close();
  }
}

async function drain(
  plan: Plan, graph: PlannedGraph, options: StreamOptions, sources: OpenedSources, sinks: readonly OpenSink[],
): Promise<StreamResult> {
  const { services, sections, collect = [], maxWait } = options;
  const wanted = options.only && new Set(options.only);
  const keys = wanted ? sources.keys.filter((key) => wanted.has(key)) : sources.keys;
  const count = options.samples ? Math.min(options.samples, keys.length) : keys.length;
  options.opened?.(keys.slice(0, count));
  const tickets = ticketSequence({ keys, seed: plan.seed, shuffle: false, start: startCursor, count });
  const wired = wireGraph({
    plan, graph, services, sources, sections, maxWait, readOutside: collect, batch: plan.batch, tickets: whileNot(tickets, options.interrupted),
    window: plan.batch * (plan.prefetch + 1) + graph.sections.length * sectionRoom(plan.batch),
    leastWindow: 1 + graph.sections.length * sectionRoom(plan.batch),
    isFull: (name) => sinks.every(({ stage, isFull }) => stage.name !== name || isFull()),
  });
  const ends = sinks.map(({ stage, write }) =>
    wired.readDeferred(Object.values(stage.inputs).map((edge) => `${edge.stage}.${edge.port}`), stage.name).pipe(write));
  if (collect.length > 0) ends.push(wired.read(collect, 'metrics'));
  if (ends.length === 0) throw new FlowError('FLOW_EDGE', { message: 'The graph has no sink and nothing to collect.' });
  return collectEnds(wired, ends, collect, services);
}

function collectEnds(
  wired: WiredGraph, ends: Parameters<typeof joinByKey>[0], collect: readonly PortReference[], services: FlowServices,
): Promise<StreamResult> {
  const refused: (Refusal & { key: string })[] = [];
  const keys: string[] = [];
  const collected: Record<PortReference, unknown[]> = Object.fromEntries(collect.map((port) => [port, []]));
  return new Promise((resolve, reject) => {
    const stalled = new Subject<never>();
    const unwatch = watch({
      monitor: services.monitor, seconds: services.stallSeconds, idle: () => wired.gate.inFlight === 0, onStall: (error) => stalled.error(error),
    });
    joinByKey(ends, 'end').pipe(
      takeUntil(stalled), // an error of the notifier ends the stream with it
      tap((packet) => {
        if (isRefused(packet)) refused.push({ key: packet.key, ...packet.refused });
        else {
          keys.push(packet.key);
          for (const port of collect) collected[port].push(packet.values[port]);
        }
        services.monitor.report({
          kind: 'finished', stage: 'end', key: packet.key, position: packet.position, start: performance.now(), milliseconds: 0,
        });
        wired.gate.release(1);
      }),
      finalize(() => {
        unwatch();
        wired.stop();
      }),
    ).subscribe({ error: reject, complete: () => resolve({ finished: keys.length, refused, collected, keys }) });
    wired.start();
  });
}

function sinkStages(plan: Plan, graph: PlannedGraph, { sinks }: StreamOptions) {
  return graph.stages.map((name) => plan.stages.get(name)!)
    .filter((stage) => stage.contract.kind === 'sink' && (!sinks || sinks.includes(stage.name)));
}

function* whileNot(tickets: Iterable<Ticket>, interrupted: (() => boolean) | undefined): Generator<Ticket> {
  for (const ticket of tickets) {
    if (interrupted?.()) return;
    yield ticket;
  }
}
