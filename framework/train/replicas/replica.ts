/** One replica as the training thread sees it. */
import { Worker } from 'node:worker_threads';
import { tf } from '../../device/index.js';
import { FlowError } from '../../errors/flow-error.js';
import { errorFromRecord } from '../../flow/envelope.js';
import { workerArguments } from '../../flow/worker-arguments.js';
import type { LossAndGradients } from '../program.js';
import type { PartRequest, ReplicaMessage, ReplicaRecipe } from './messages.js';
import { SharedNumbers } from './shared-numbers.js';

/** Parts that a replica may be ahead of the sum. */
export const slotsOfReplica = 2;

type Done = Extract<ReplicaMessage, { kind: 'done' }>;

interface Waiting {
  readonly resolve: (done: Done) => void;
  readonly reject: (error: Error) => void;
}

export class Replica {
  private readonly worker: Worker;
  private readonly slots: readonly SharedNumbers[];
  private readonly waiting = new Map<number | 'ready', Waiting>();
  private fault: Error | undefined;

  constructor(private readonly recipe: ReplicaRecipe, readonly name: string, log: (line: string) => void) {
    const modules = [...recipe.stages, ...recipe.resources].map(({ module }) => module);
    const file = new URL(`./replica-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
    this.slots = recipe.slots.map((slot) => new SharedNumbers(recipe.trained, slot));
    this.worker = new Worker(file, { workerData: recipe, execArgv: workerArguments(modules), name });
    this.worker.on('message', (message: ReplicaMessage) => {
      if (message.kind === 'log') log(`${name}: ${message.line}`);
      else if (message.kind === 'failed') this.fail(errorFromRecord(message.error, { who: name }));
      else this.settle(message.kind === 'ready' ? 'ready' : message.part, message);
    });
    this.worker.on('error', (cause) => this.fail(new FlowError('FLOW_WORKER', { who: name, message: `The replica died: ${cause.message}`, cure: 'Train with train.replicas of 1.', cause })));
    this.worker.on('exit', () => this.fail(new FlowError('FLOW_WORKER', { who: name, message: 'The replica ended.', cure: 'Train with train.replicas of 1.' })));
  }

  /** Throws what kept the replica from being built. */
  async ready(): Promise<void> {
    await this.wait('ready');
  }

  /** Begins a part; `take` has its result. */
  begin(request: PartRequest): void {
    this.worker.postMessage(request);
    this.wait(request.part).catch(() => undefined); // told by `take`
  }

  private readonly begun = new Map<number | 'ready', Promise<Done>>();

  /** The result of a part, as tensors of the caller. Throws what the replica threw. */
  async take(part: number, slot: number): Promise<LossAndGradients> {
    const { loss, outputs, reached } = await this.begun.get(part)!;
    this.begun.delete(part);
    const shapes = new Map(this.recipe.trained.map(({ name, shape }) => [name, shape]));
    return {
      loss: tf.scalar(loss),
      outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, tf.scalar(value)])),
      gradients: Object.fromEntries(reached.map((name) => [name, tf.tensor(this.slots[slot]!.view(name).slice(), [...shapes.get(name)!], 'float32')])),
    };
  }

  async close(): Promise<void> {
    this.worker.removeAllListeners('exit');
    await this.worker.terminate();
  }

  private wait(what: number | 'ready'): Promise<Done> {
    const answer = new Promise<Done>((resolve, reject) => {
      if (this.fault) reject(this.fault);
      else this.waiting.set(what, { resolve, reject });
    });
    this.begun.set(what, answer);
    return answer;
  }

  private settle(what: number | 'ready', message: ReplicaMessage): void {
    this.waiting.get(what)?.resolve(message as Done);
    this.waiting.delete(what);
  }

  private fail(error: Error): void {
    this.fault ??= error;
    this.waiting.forEach(({ reject }) => reject(this.fault!));
    this.waiting.clear();
  }
}
