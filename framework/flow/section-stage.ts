/**
 * A device section as a stream stage, for inference and validation: samples are gathered into batches, the batches run
 * one after another, and each sample leaves as a packet again, in order. The section is a function given by the caller.
 */
import { concatMap, Observable, type OperatorFunction } from 'rxjs';
import type { PlannedSection, PortReference } from '../pipeline/plan.js';
import { FlowError } from '../errors/flow-error.js';
import { isHostTensor, type HostTensor } from '../values/host-tensor.js';
import type { Monitor } from './monitor.js';
import { isRefused, sampleOf, type Packet, type Sample } from './packet.js';
import { stack, unstack } from './stack.js';

/** Samples stacked along axis 0, for each input of the section. */
export interface SectionBatch {
  readonly keys: readonly string[];
  /** Epoch of the first sample. */
  readonly epoch: number;
  /** Epoch of each sample; they differ in a batch that spans two. */
  readonly epochs: readonly number[];
  readonly inputs: Readonly<Record<PortReference, HostTensor>>;
}

/** Gives every output of the section, stacked along axis 0. */
export type RunSection = (batch: SectionBatch) => Promise<Readonly<Record<PortReference, HostTensor>>>;

export interface SectionOptions {
  readonly section: PlannedSection;
  readonly batch: number;
  readonly run: RunSection;
  readonly monitor: Monitor;
  /** Longest wait of a sample for its batch to fill, in milliseconds; then a smaller batch runs. Without it, none. */
  readonly maxWait?: number;
}

export function sectionStage(options: SectionOptions): OperatorFunction<Packet, Packet> {
  const { section, batch, maxWait, monitor } = options;
  const counts = monitor.stage(section.name);
  return (source) => source.pipe(
    gather(batch, maxWait, (count) => {
      counts.inside += count;
    }),
    concatMap(async (group) => {
      const packets = await runGroup(group, options);
      counts.inside -= group.length;
      return packets;
    }),
    concatMap((packets) => packets),
  );
}

export function sectionBatch(samples: readonly Sample[], inputs: readonly PortReference[]): SectionBatch {
  return {
    keys: samples.map(({ key }) => key),
    epoch: samples[0].epoch,
    epochs: samples.map(({ epoch }) => epoch),
    inputs: Object.fromEntries(inputs.map((port) => [port, stack(samples, port)])),
  };
}

/** Most packets that wait in a section for its batch: the credit window must be larger than the sum over sections. */
export function sectionRoom(batch: number): number {
  return 2 * batch;
}

/**
 * Groups of `batch` samples with the tombstones between them. A group also closes when tombstones fill its room, so that
 * a row of refused samples cannot hold all credits.
 */
function gather(batch: number, maxWait: number | undefined, entered: (count: number) => void): OperatorFunction<Packet, Packet[]> {
  return (source) => new Observable<Packet[]>((subscriber) => {
    let group: Packet[] = [];
    let valid = 0;
    let timer: NodeJS.Timeout | undefined;
    const flush = (): void => {
      clearTimeout(timer);
      timer = undefined;
      const full = group;
      group = [];
      valid = 0;
      if (full.length > 0) subscriber.next(full);
    };
    const subscription = source.subscribe({
      next(packet) {
        entered(1);
        group.push(packet);
        if (!isRefused(packet)) valid++;
        if (valid === batch || group.length === sectionRoom(batch)) flush();
        else if (maxWait !== undefined) timer ??= setTimeout(flush, maxWait);
      },
      error: (error) => subscriber.error(error),
      complete() {
        flush();
        subscriber.complete();
      },
    });
    return () => {
      clearTimeout(timer);
      subscription.unsubscribe();
    };
  });
}

async function runGroup(group: readonly Packet[], { section, run, monitor }: SectionOptions): Promise<Packet[]> {
  const samples = group.filter((packet): packet is Sample => !isRefused(packet));
  if (samples.length === 0) return [...group];
  const start = performance.now();
  const outputs = await run(sectionBatch(samples, section.inputs));
  checkBatch(section, outputs, samples.length);
  const first = samples[0];
  monitor.report({
    kind: 'batch', stage: section.name, key: first.key, position: first.position, start, milliseconds: performance.now() - start,
  });
  let row = 0;
  return group.map((packet) => {
    if (isRefused(packet)) return packet;
    const index = row++;
    return sampleOf(packet, Object.fromEntries(section.outputs.map((port) => [port, unstack(outputs[port], index)])));
  });
}

function checkBatch(section: PlannedSection, outputs: Readonly<Record<PortReference, HostTensor>>, size: number): void {
  for (const port of section.outputs) {
    const value = outputs[port];
    if (isHostTensor(value) && value.shape[0] === size) continue;
    throw new FlowError('FLOW_DEVICE_SHAPE', {
      who: port, message: 'A device section did not return one row for each sample.', expected: `[${size}, …]`,
      got: isHostTensor(value) ? `[${value.shape.join(', ')}]` : 'no tensor',
    });
  }
}
