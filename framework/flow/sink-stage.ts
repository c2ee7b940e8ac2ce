import { setTimeout as sleep } from 'node:timers/promises';
import { concatMap, type OperatorFunction } from 'rxjs';
import type { Plan, PlannedStage } from '../pipeline/plan.js';
import type { SinkContract, SinkFunction } from '../plugin/stage-types.js';
import { readValues } from './deferred.js';
import { envelopeOf, errorFromRecord, errorRecord } from './envelope.js';
import { PolicyGate } from './error-policy.js';
import { inputsOf } from './host-stage.js';
import { loadSlots } from './main-runner.js';
import { isRefused, sampleOf, type Packet } from './packet.js';
import type { FlowServices } from './services.js';

export interface OpenSink {
  readonly stage: PlannedStage;
  readonly write: OperatorFunction<Packet, Packet>;
  /** Whether it takes no more samples. */
  isFull(): boolean;
  close(): Promise<void>;
}

export interface SinkOptions {
  readonly plan: Plan;
  readonly stage: PlannedStage;
  readonly services: FlowServices;
  readonly folder: string;
  /** The training step of this occasion; 0 outside training. */
  readonly step: number;
}

interface Writing {
  readonly start: number;
  readonly ended: Promise<unknown>;
}

/** Waits for a write, but not when it has lasted `most` seconds; for 0 as long as it takes. */
async function endOf({ start, ended }: Writing, most: number): Promise<void> {
  const over = new AbortController();
  const left = Math.max(0, start + 1000 * most - performance.now());
  await Promise.race(most > 0 ? [ended, sleep(left, undefined, { signal: over.signal }).catch(() => undefined)] : [ended]);
  over.abort();
}

/** Opens a sink on the main thread: it writes one sample at a time, in order. */
export async function openSink({ plan, stage, services, folder, step }: SinkOptions): Promise<OpenSink> {
  const who = { who: stage.name };
  const policy = new PolicyGate(stage, services.quarantine);
  const resource = await loadSlots(plan, stage, services.resources);
  let sink: SinkFunction;
  try {
    const { stage: implementation } = await (stage.contract as SinkContract).load();
    const log = (line: string): void => services.log(`${stage.name}: ${line}`);
    sink = await implementation.create({ options: stage.options, stage: stage.name, resource, log, folder });
  } catch (error) {
    throw errorFromRecord(errorRecord(error, 'FLOW_STAGE'), who);
  }
  const isFull = (): boolean => sink.full?.() ?? false;
  let writing: Writing | undefined;
  return {
    stage, isFull,
    write: concatMap(async (packet) => {
      if (isRefused(packet)) return packet;
      if (isFull()) return sampleOf(packet, {});
      const start = performance.now();
      const write = envelopeOf(async () => {
        const inputs = await readValues(inputsOf(stage.inputs, packet.values));
        return sink.write(inputs as never, { key: packet.key, step });
      }, 'FLOW_STAGE');
      writing = { start, ended: write };
      const written = await write;
      const event = { stage: stage.name, key: packet.key, position: packet.position, start, milliseconds: performance.now() - start };
      services.monitor.report({ kind: written.ok ? 'ran' : 'refused', ...event });
      if (!written.ok) return policy.refuse(packet, { error: written.error, attempt: 1 });
      policy.accept();
      return sampleOf(packet, {});
    }),
    async close() {
      if (writing) await endOf(writing, services.stallSeconds); // an error elsewhere ends the flow while a sample is being written
      const closed = await envelopeOf(() => sink.close?.({ step }), 'FLOW_STAGE');
      if (!closed.ok) throw errorFromRecord(closed.error, who);
    },
  };
}
