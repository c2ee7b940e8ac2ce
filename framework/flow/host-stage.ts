/** Host stages and sources as stream operators: bounded concurrency, order kept, tombstones passed on, results cached. */
import pLimit from 'p-limit';
import { finalize, map, tap, type OperatorFunction } from 'rxjs';
import type { Plan, PlannedEdge, PlannedStage } from '../pipeline/plan.js';
import type { HostContract } from '../plugin/stage-types.js';
import { keyContent, keyOf, type KeyContent } from './cache.js';
import { checkOutputs } from './check-values.js';
import { envelopeOf, errorFromRecord, timedEnvelopeOf, type Envelope, type Timed } from './envelope.js';
import { deferSample, deferValues, digestsOf, readValues } from './deferred.js';
import { attemptsOf, PolicyGate, type Refused } from './error-policy.js';
import { mapInOrder } from './map-in-order.js';
import { oneAtATime } from './one-at-a-time.js';
import type { OpenedSource } from './open-source.js';
import { isRefused, sampleOf, type Packet, type PacketValues, type Ticket } from './packet.js';
import type { FlowServices } from './services.js';
import type { StageValues } from './stage-values.js';

/** What became of one packet, before the policy decides in the order of the samples. */
type Outcome =
  | { readonly kind: 'values'; readonly ticket: Ticket; readonly values: StageValues; readonly cached: boolean; readonly start: number; readonly milliseconds: number }
  | { readonly kind: 'refused'; readonly ticket: Ticket; readonly refused: Refused; readonly start: number; readonly milliseconds: number }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'passed'; readonly packet: Packet };

interface Tried {
  /** Without a time when nothing had to be computed. */
  readonly result: Envelope<StageValues> | Timed<StageValues>;
  readonly attempt: number;
}

/** Undefined when nobody wants the result any more. */
type Work = (ticket: Ticket, values: PacketValues) => Promise<(Tried & { readonly cached: boolean }) | undefined>;

/** Input port → value, read from the joined packet. */
export function inputsOf(edges: Readonly<Record<string, PlannedEdge>>, values: PacketValues): StageValues {
  const inputs: Record<string, unknown> = {};
  for (const port in edges) inputs[port] = values[`${edges[port].stage}.${edges[port].port}`];
  return inputs;
}

/**
 * The stream operator of a host stage. While it is not `wanted`, its packets pass without values: nobody reads them. All packets in flight are looked
 * up in the cache as they come; only those to be computed wait for one of the stage's turns.
 */
export function hostStage(plan: Plan, stage: PlannedStage, services: FlowServices, wanted: () => boolean): OperatorFunction<Packet, Packet> {
  const contract = stage.contract as HostContract;
  const runner = contract.runs === 'main' ? services.main : services.pool;
  const cache = stage.cache && contract.pure ? services.cache : undefined;
  const { name, use, pluginVersion, options } = stage;
  const resources = Object.fromEntries(Object.entries(stage.resources).map(([slot, resource]) => [slot, plan.resources.get(resource)!.digest]));

  const turns = pLimit(Math.max(1, stage.concurrency));
  const computeInTurn = (...sample: Parameters<typeof compute>): ReturnType<Work> => turns(async () => (wanted() ? compute(...sample) : undefined));
  const inTurn = oneAtATime(); // an epoch may begin before the results of the last one are written
  const work: Work = async (ticket, values) => {
    if (!wanted()) return undefined;
    const inputs = inputsOf(stage.inputs, values);
    const content = cache && keyContent({ use, pluginVersion, version: contract.version, options, resources, inputs });
    const key = content && keyOf(content);
    return key === undefined ? computeInTurn(ticket, inputs) : inTurn(key, () => cached(ticket, inputs, content!, key));
  };
  return (packets) => packets.pipe(perSample(stage, services, work, Infinity), finalize(() => turns.clearQueue()));

  async function cached(ticket: Ticket, inputs: StageValues, content: KeyContent, key: string): ReturnType<Work> {
    const known = await cache!.glance(key, name);
    if (known) {
      const rest = deferValues(known.digests, async () => await cache!.values(key) ?? again(ticket, inputs, content, key));
      return { result: { ok: true, value: { ...known.values, ...rest } }, attempt: 0, cached: true };
    }
    const refusal = services.refusals.get(key) ?? await cache!.refusal(key);
    if (refusal) return { result: { ok: false, error: refusal.error }, attempt: refusal.attempt, cached: true };
    return computeInTurn(ticket, inputs, content, key);
  }

  /** What an entry held that is damaged or gone since it was glanced at. */
  async function again(ticket: Ticket, inputs: StageValues, content: KeyContent, key: string): Promise<StageValues> {
    const { result } = await compute(ticket, inputs, content, key);
    if (!result.ok) throw errorFromRecord(result.error, { who: name, keys: [ticket.key] });
    return result.value;
  }

  async function compute(ticket: Ticket, inputs: StageValues, content?: KeyContent, key?: string): Promise<Tried & { readonly cached: boolean }> {
    let ran = false;
    const { result, attempt } = await tryRepeatedly(attemptsOf(stage), async () => {
      const read = await envelopeOf(() => readValues(inputs), 'FLOW_STAGE');
      ran = read.ok;
      return read.ok ? runner.run(stage, read.value, { key: ticket.key, epoch: ticket.epoch }) : { ...read, milliseconds: 0 };
    });
    if (result.ok) {
      checkOutputs(result.value, stage.outputPorts, name, ticket.key);
      if (key !== undefined) await cache!.put(key, result.value, { ...content!, sample: ticket.key });
    } else if (key !== undefined && ran && result.error.code === 'FLOW_SAMPLE') { // an input that cannot be read now may be there again later
      const refused = { error: { ...result.error, stack: undefined }, attempt };
      services.refusals.set(key, refused);
      await cache!.putRefusal(key, refused, { ...content!, sample: ticket.key });
    }
    return { result, attempt, cached: false };
  }
}

/**
 * `needed`: the ports that something else than a cached host stage reads; without it nothing is deferred. Values of the others are read
 * only for those stages whose results are not cached.
 */
export function sourceStage(opened: OpenedSource, services: FlowServices, needed: ReadonlySet<string> | undefined): OperatorFunction<Packet, Packet> {
  const { stage, source, digest } = opened;
  const defer = needed?.size === 0;
  const glanced = needed && glancing(opened, services, needed);
  return perSample(stage, services, async ({ key }) => {
    const id = `${digest} ${key}`;
    const index = opened.indexOf(key)!;
    const known = services.memory.get(id);
    if (known) return { result: { ok: true, value: known }, attempt: 0, cached: true };
    const digests = defer ? services.sourceDigests?.get(id) : undefined;
    const again = async (): Promise<StageValues> => services.memory.get(id) ?? source.read(index);
    if (digests) return { result: { ok: true, value: deferSample(digests, again) }, attempt: 0, cached: true };
    let cached = false;
    const { result, attempt } = await tryRepeatedly(attemptsOf(stage), () => timedEnvelopeOf(async () => {
      if (!glanced) return source.read(index);
      const { values, isKnown } = await glanced(index);
      cached = isKnown;
      return values;
    }, 'FLOW_STAGE'));
    if (result.ok && !cached) {
      checkOutputs(result.value, stage.outputPorts, stage.name, key);
      services.memory.set(id, result.value);
    }
    if (result.ok && defer) services.sourceDigests?.set(id, digestsOf(result.value));
    return { result, attempt, cached };
  }, Math.max(1, stage.concurrency));
}

/** Reads a sample by way of the ledger, for a source that can be glanced at and none of whose tensors is needed in any case. */
function glancing({ stage, source }: OpenedSource, services: FlowServices, needed: ReadonlySet<string>) {
  const isLarge = (port: string): boolean => stage.outputPorts[port].kind === 'tensor';
  const ledger = source.glance && ![...needed].some(isLarge) ? services.ledger(stage) : undefined;
  if (!ledger) return undefined;
  return async (index: number): Promise<{ readonly values: StageValues; readonly isKnown: boolean }> => {
    const { fingerprint, read } = await source.glance!(index);
    const known = ledger.get(fingerprint);
    if (known) return { values: { ...known.values, ...deferSample(known.digests, read) }, isKnown: true };
    const values = await read();
    ledger.add(fingerprint, values, isLarge);
    return { values, isKnown: false };
  };
}

function perSample(stage: PlannedStage, services: FlowServices, work: Work, concurrency: number): OperatorFunction<Packet, Packet> {
  const { monitor } = services;
  const counts = monitor.stage(stage.name);
  const policy = new PolicyGate(stage, services.quarantine);

  const attempt = async (packet: Packet): Promise<Outcome> => {
    if (isRefused(packet)) return { kind: 'passed', packet };
    const entered = performance.now();
    try {
      const tried = await work(packet, packet.values);
      if (!tried) return { kind: 'passed', packet: sampleOf(packet, {}) };
      const { result, attempt: attempts, cached } = tried;
      const end = performance.now();
      const milliseconds = 'milliseconds' in result ? result.milliseconds : end - entered;
      const start = end - milliseconds; // after the wait for a worker
      if (!result.ok) return { kind: 'refused', ticket: packet, refused: { error: result.error, attempt: attempts }, start, milliseconds };
      return { kind: 'values', ticket: packet, values: result.value, cached, start, milliseconds };
    } catch (error) {
      return { kind: 'failed', error };
    }
  };

  const settle = (outcome: Outcome): Packet => {
    counts.inside--;
    if (outcome.kind === 'passed') return outcome.packet;
    if (outcome.kind === 'failed') throw outcome.error;
    const { ticket, start, milliseconds } = outcome;
    const event = { stage: stage.name, key: ticket.key, position: ticket.position, start, milliseconds };
    if (outcome.kind === 'refused') {
      monitor.report({ kind: 'refused', ...event });
      return policy.refuse(ticket, outcome.refused);
    }
    monitor.report({ kind: outcome.cached ? 'cached' : 'ran', ...event });
    policy.accept();
    return sampleOf(ticket, outputsOf(stage, outcome.values));
  };

  return (source) => source.pipe(
    tap(() => counts.inside++),
    mapInOrder(concurrency, attempt),
    map(settle),
  );
}

function outputsOf(stage: PlannedStage, values: StageValues): PacketValues {
  const outputs: Record<string, unknown> = {};
  for (const port in stage.outputPorts) outputs[`${stage.name}.${port}`] = values[port];
  return outputs;
}

async function tryRepeatedly(attempts: number, once: () => Promise<Timed<StageValues>>): Promise<Tried & { readonly result: Timed<StageValues> }> {
  for (let attempt = 1; ; attempt++) {
    const result = await once();
    if (result.ok || attempt >= attempts) return { result, attempt };
  }
}
