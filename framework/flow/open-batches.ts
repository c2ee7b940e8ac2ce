/** Training's side of the streams: a graph up to its training section becomes an endless sequence of batches. */
import { FlowError } from '../errors/flow-error.js';
import type { Plan, PlannedGraph, PlannedSection } from '../pipeline/plan.js';
import { BatchQueue, type Batch } from './batches.js';
import { openSources, type SourceOptions } from './open-source.js';
import { sectionRoom, type RunSection } from './section-stage.js';
import { startCursor, ticketSequence, type Cursor } from './sequence.js';
import type { FlowServices } from './services.js';
import { watch } from './watchdog.js';
import { wireGraph } from './wire-graph.js';

export interface BatchOptions {
  readonly services: FlowServices;
  /** The section that the batches are for; by default the one that computes `plan.train.loss`. */
  readonly section?: PlannedSection;
  /** By default `plan.seed`. */
  readonly seed?: number;
  /** Where the data begins; by default at the first sample of the first epoch. */
  readonly start?: Cursor;
  /** Seeded order for each epoch (the default) or natural order. */
  readonly shuffle?: boolean;
  /** Samples of a batch; by default `plan.train.batch`, else `plan.batch`. */
  readonly size?: number;
  /** Epochs to visit; endless by default. */
  readonly epochs?: number;
  /** What runs the other sections that host stages of this graph read. */
  readonly sections?: ReadonlyMap<string, RunSection>;
  readonly sources?: SourceOptions;
}

export interface BatchStream extends AsyncIterator<Batch, undefined>, AsyncIterable<Batch> {
  /** Samples of one epoch. */
  readonly epochLength: number;
  /** Their keys, in natural order. */
  readonly keys: readonly string[];
  /** Keys refused so far. */
  refusedKeys(): readonly string[];
  /** Packets between the sources and the batches taken. */
  readonly inFlight: number;
  close(): Promise<void>;
}

/** Opens the sources of a graph and starts to fill batches for its training section. The caller closes the stream. */
export async function openBatches(plan: Plan, graph: PlannedGraph, options: BatchOptions): Promise<BatchStream> {
  const { services, start = startCursor, shuffle = true, seed = plan.seed, epochs = Infinity, sections = new Map() } = options;
  const size = options.size ?? plan.train?.batch ?? plan.batch;
  const section = options.section ?? lossSection(plan, graph);
  const sources = await openSources(plan, graph, services, options.sources);
  const { keys } = sources;
  const wired = wireGraph({
    plan, graph, services, sources, sections, batch: plan.batch, readOutside: section.inputs,
    tickets: ticketSequence({ keys, seed, shuffle, start, count: epochs * keys.length - start.epoch * keys.length - start.position }),
    window: size * (plan.prefetch + 1) + sections.size * sectionRoom(plan.batch),
    leastWindow: size + sections.size * sectionRoom(plan.batch),
  });
  const queue = new BatchQueue({
    packets: wired.read(section.inputs, section.name), gate: wired.gate, inputs: section.inputs, size, epochLength: keys.length, last: 'drop',
  });
  const unwatch = watch({
    monitor: services.monitor, seconds: services.stallSeconds, idle: () => !queue.wanted, onStall: (error) => queue.fail(error),
  });
  wired.start();
  const stream: BatchStream = {
    epochLength: keys.length,
    keys,
    next: () => queue.next(),
    refusedKeys: () => [...queue.refused.keys()],
    get inFlight() {
      return wired.gate.inFlight;
    },
    async close() {
      unwatch();
      queue.close();
      wired.stop();
      await sources.close();
    },
    async return() {
      await stream.close();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
}

function lossSection(plan: Plan, graph: PlannedGraph): PlannedSection {
  const loss = plan.train?.loss ?? '';
  const stage = loss.slice(0, loss.lastIndexOf('.'));
  const found = graph.sections.find((section) => section.stages.includes(stage));
  if (!found) throw new FlowError('FLOW_TRAIN', { message: 'No device section computes the loss.', got: loss || 'no loss', where: plan.train?.place });
  return found;
}
