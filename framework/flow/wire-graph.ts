/** Wires the stages of a graph into Observables: one for each source, host stage and device section that somebody reads. */
import { connectable, map, share, tap, type Observable } from 'rxjs';
import { FlowError } from '../errors/flow-error.js';
import type { Plan, PlannedGraph, PlannedSection, PortReference } from '../pipeline/plan.js';
import { creditGate, type CreditGate } from './credits.js';
import { hasDeferred, neededPorts, readValues } from './deferred.js';
import { demandOf, type IsFull } from './demand.js';
import { hostStage, sourceStage } from './host-stage.js';
import { joinByKey } from './join-by-key.js';
import { mapInOrder } from './map-in-order.js';
import { bytesOf } from './memory-layer.js';
import type { OpenedSources } from './open-source.js';
import { isRefused, sampleOf, type Packet, type Ticket } from './packet.js';
import { sectionStage, type RunSection } from './section-stage.js';
import type { FlowServices } from './services.js';

export interface WireOptions {
  readonly plan: Plan;
  readonly graph: PlannedGraph;
  readonly services: FlowServices;
  readonly sources: OpenedSources;
  readonly tickets: Iterable<Ticket>;
  /** Most packets in flight. */
  readonly window: number;
  /** What the window may be narrowed to when samples are large: fewer could never fill the batches. */
  readonly leastWindow: number;
  /** Samples of one device call. */
  readonly batch: number;
  /** Section name → what runs it; needed for the sections that somebody reads. */
  readonly sections: ReadonlyMap<string, RunSection>;
  /** Ports that are read beside the stages of the graph. */
  readonly readOutside: readonly PortReference[];
  /** Longest wait for a batch to fill, in milliseconds. */
  readonly maxWait?: number;
  /** Sinks that take no more samples; by default they take all. */
  readonly isFull?: IsFull;
}

export interface WiredGraph {
  readonly gate: CreditGate<Ticket>;
  /** One packet for each ticket, with the values of these ports among others. `who` names the reader in messages. */
  read(ports: readonly PortReference[], who: string): Observable<Packet>;
  /** The same for a reader that fetches what it needs by `readValues`. */
  readDeferred(ports: readonly PortReference[], who: string): Observable<Packet>;
  /** Starts to pull. Every reader must be subscribed by then: packets are not kept for late ones. */
  start(): void;
  stop(): void;
}

export function wireGraph(options: WireOptions): WiredGraph {
  const { plan, graph, services } = options;
  const gate = creditGate(options.tickets, options.window);
  const feed = connectable(gate.stream.pipe(map((ticket): Packet => sampleOf(ticket, {}))));
  const sectionOf = new Map(graph.sections.flatMap((section) => section.stages.map((stage) => [stage, section] as const)));
  const streams = new Map<string, Observable<Packet>>();
  let connection: { unsubscribe(): void } | undefined;

  const fitWindow = windowFitting(gate, options);
  const wanted = demandOf(plan, graph, new Set(options.readOutside.map(stageOf)), options.isFull ?? (() => false));
  const neededOf = (source: string): ReadonlySet<string> | undefined => services.cache && neededPorts(source, plan, graph, options.readOutside);

  const streamOf = (producer: string): Observable<Packet> => {
    let stream = streams.get(producer);
    if (!stream) {
      stream = produce(producer).pipe(share());
      streams.set(producer, stream);
    }
    return stream;
  };

  const readDeferred = (ports: readonly PortReference[], who: string): Observable<Packet> => {
    const producers = new Set(ports.map((port) => {
      const stage = stageOf(port);
      return sectionOf.get(stage)?.stages[0] ?? stage;
    }));
    return producers.size === 0 ? feed : joinByKey([...producers].map(streamOf), who);
  };

  const read = (ports: readonly PortReference[], who: string): Observable<Packet> =>
    readDeferred(ports, who).pipe(mapInOrder(plan.batch, (packet) => withValues(packet, ports)));

  const produce = (producer: string): Observable<Packet> => {
    const section = sectionOf.get(producer);
    if (section) return read(section.inputs, section.name).pipe(runSection(section, options));
    const source = options.sources.sources.find(({ stage }) => stage.name === producer);
    if (source) return feed.pipe(sourceStage(source, services, neededOf(producer)), tap(fitWindow));
    const stage = plan.stages.get(producer);
    if (stage?.contract.kind !== 'host') {
      throw new FlowError('FLOW_INTERNAL', { who: producer, message: 'An edge comes from a stage that gives no stream.' });
    }
    const ports = Object.values(stage.inputs).map((edge) => `${edge.stage}.${edge.port}`);
    return readDeferred(ports, producer).pipe(hostStage(plan, stage, services, () => wanted(producer)));
  };

  return {
    gate, read, readDeferred,
    start() {
      connection = feed.connect();
    },
    stop: () => connection?.unsubscribe(),
  };
}

/** Makes the window smaller whenever a larger sample is met. */
function windowFitting(gate: CreditGate<Ticket>, { leastWindow, services }: WireOptions): (packet: Packet) => void {
  let largest = 0;
  return (packet) => {
    const bytes = isRefused(packet) ? 0 : bytesOf(packet.values);
    if (bytes <= largest) return;
    largest = bytes;
    gate.narrow(Math.max(leastWindow, Math.floor(services.flightBytes / bytes)));
  };
}

function stageOf(port: PortReference): string {
  return port.slice(0, port.lastIndexOf('.'));
}

/** The packet with the values of these ports read, where that was put off. */
async function withValues(packet: Packet, ports: readonly PortReference[]): Promise<Packet> {
  if (isRefused(packet)) return packet;
  const values = Object.fromEntries(ports.map((port) => [port, packet.values[port]]));
  return hasDeferred(values) ? sampleOf(packet, { ...packet.values, ...await readValues(values) }) : packet;
}

function runSection(section: PlannedSection, { sections, batch, maxWait, services }: WireOptions): ReturnType<typeof sectionStage> {
  const run = sections.get(section.name);
  if (!run) throw new FlowError('FLOW_INTERNAL', { who: section.name, message: 'Nobody runs this device section.' });
  return sectionStage({ section, batch, maxWait, run, monitor: services.monitor });
}
