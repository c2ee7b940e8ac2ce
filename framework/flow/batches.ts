/**
 * Ordered packets → batches of B samples for training. A batch is a function of (seed, epoch, position, refused keys)
 * alone: refused samples are left out and the next ones take their places, and a batch may span two epochs. Full batches
 * wait in a queue while the device works; their credits return when they are taken.
 */
import type { Observable, Subscription } from 'rxjs';
import { FlowError } from '../errors/flow-error.js';
import type { PortReference } from '../pipeline/plan.js';
import type { CreditGate } from './credits.js';
import { isRefused, type Packet, type Refusal, type Sample } from './packet.js';
import { sectionBatch, type SectionBatch } from './section-stage.js';
import { cursorAfter, type Cursor } from './sequence.js';

export interface Batch extends SectionBatch {
  /** Where the data goes on after this batch: a run that starts there sees the same batches. */
  readonly next: Cursor;
}

export interface BatchQueueOptions {
  readonly packets: Observable<Packet>;
  readonly gate: Pick<CreditGate<unknown>, 'release'>;
  readonly inputs: readonly PortReference[];
  readonly size: number;
  /** Samples of one epoch. */
  readonly epochLength: number;
  /** What happens with the samples left over when the stream ends. */
  readonly last: 'drop' | 'emit';
}

interface Waiter {
  resolve(result: IteratorResult<Batch, undefined>): void;
  reject(error: unknown): void;
}

export class BatchQueue implements AsyncIterator<Batch, undefined> {
  readonly #options: BatchQueueOptions;
  readonly #ready: Batch[] = [];
  readonly #waiters: Waiter[] = [];
  readonly #refused = new Map<string, Refusal>();
  readonly #subscription: Subscription;
  #gathered: Sample[] = [];
  #refusedInARow = 0;
  #end: { readonly error?: unknown } | undefined;

  /** Subscribes to the packets at once. */
  constructor(options: BatchQueueOptions) {
    this.#options = options;
    this.#subscription = options.packets.subscribe({
      next: (packet) => this.#guarded(() => this.#take(packet)),
      error: (error: unknown) => this.fail(error),
      complete: () => this.#guarded(() => this.#finish()),
    });
  }

  /** The next batch in order. Batches that were ready before an error come first, then the error. */
  next(): Promise<IteratorResult<Batch, undefined>> {
    const batch = this.#ready.shift();
    if (batch) {
      this.#options.gate.release(batch.keys.length);
      return Promise.resolve({ done: false, value: batch });
    }
    if (this.#end) return 'error' in this.#end ? Promise.reject(this.#end.error) : Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** Ends the queue with an error. */
  fail(error: unknown): void {
    this.#stop({ error });
  }

  /** Ends the queue; nothing is emitted any more. */
  close(): void {
    this.#ready.length = 0;
    this.#stop({});
  }

  /** Refused samples by key, with the last reason. */
  get refused(): ReadonlyMap<string, Refusal> {
    return this.#refused;
  }

  /** Batches ready to be taken. */
  get ready(): number {
    return this.#ready.length;
  }

  /** True when somebody waits for a batch. */
  get wanted(): boolean {
    return this.#waiters.length > 0;
  }

  #take(packet: Packet): void {
    const { gate, size, epochLength } = this.#options;
    if (isRefused(packet)) {
      this.#refused.set(packet.key, packet.refused);
      this.#refusedInARow++;
      if (this.#refusedInARow >= epochLength) throw this.#wholeEpochRefused(packet.refused);
      gate.release(1);
      return;
    }
    this.#refusedInARow = 0;
    this.#gathered.push(packet);
    if (this.#gathered.length === size) this.#emit();
  }

  #emit(): void {
    const samples = this.#gathered;
    this.#gathered = [];
    const { inputs, epochLength } = this.#options;
    const batch: Batch = { ...sectionBatch(samples, inputs), next: cursorAfter(samples.at(-1)!.position, epochLength) };
    const waiter = this.#waiters.shift();
    if (!waiter) {
      this.#ready.push(batch);
      return;
    }
    waiter.resolve({ done: false, value: batch });
    this.#options.gate.release(samples.length);
  }

  #finish(): void {
    if (this.#options.last === 'emit' && this.#gathered.length > 0) this.#emit();
    this.#stop({});
  }

  #stop(end: { readonly error?: unknown }): void {
    if (this.#end) return;
    this.#end = end;
    this.#subscription?.unsubscribe();
    for (const waiter of this.#waiters.splice(0)) {
      if ('error' in end) waiter.reject(end.error);
      else waiter.resolve({ done: true, value: undefined });
    }
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error);
    }
  }

  #wholeEpochRefused(last: Refusal): FlowError {
    return new FlowError('FLOW_REFUSED_RATE', {
      who: last.stage, keys: [...this.#refused.keys()].slice(0, 8),
      message: `Every sample of a whole epoch (${this.#options.epochLength}) was refused, the last because: ${last.message}`,
    });
  }
}
