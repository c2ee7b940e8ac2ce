/**
 * Runs host stages in a pool of worker threads. A worker that dies takes only its own task with it: the task is tried
 * again on a fresh worker, and when that does not help either the run fails with FLOW_WORKER. The same holds for a task
 * that takes too long; its clock starts with the stage's own work, after imports and resources.
 */
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { FlowError } from '../errors/flow-error.js';
import type { Plan, PlannedStage } from '../pipeline/plan.js';
import type { HostCall } from '../plugin/stage-types.js';
import type { StageValues } from './stage-values.js';
import { errorFromRecord, type Timed } from './envelope.js';
import { releaseDeadThreads } from './lock-file.js';
import type { StageRunner } from './main-runner.js';
import { stageRecipe, type PluginSources, type StageRecipe } from './stage-recipe.js';
import { workerArguments } from './worker-arguments.js';
import type { WorkerData, WorkerMessage, WorkerResult, WorkerTask } from './worker.js';

export interface PoolOptions {
  readonly workers: number;
  readonly cacheRoot: string;
  /** Longest time for one sample in one stage, in milliseconds. */
  readonly taskTimeout?: number;
  /** Attempts of a sample whose worker dies. */
  readonly attempts?: number;
  /** Heap of one worker in MiB. */
  readonly workerHeap?: number;
  readonly log?: (line: string) => void;
  /** A worker begins to set a stage up, which may take long, or is done with it. */
  readonly onSetup?: (stage: string, milliseconds?: number) => void;
  /** A worker died or was stopped. */
  readonly onCrash?: () => void;
}

export class PoolRunner implements StageRunner {
  readonly #pool: Piscina<WorkerTask, WorkerResult>;
  readonly #taskTimeout: number;
  readonly #attempts: number;
  readonly #locks: string;
  readonly #onCrash: () => void;
  readonly #running = new Set<AbortController>();
  #fault: Error | undefined;

  constructor(plan: Plan, plugins: PluginSources, options: PoolOptions) {
    const stages = workerStages(plan, plugins);
    this.#taskTimeout = options.taskTimeout ?? 300_000;
    this.#attempts = options.attempts ?? 2;
    this.#onCrash = options.onCrash ?? (() => undefined);
    this.#locks = join(options.cacheRoot, 'resources');
    this.#pool = new Piscina<WorkerTask, WorkerResult>({
      filename: new URL(`./worker${ownExtension()}`, import.meta.url).href,
      name: 'run',
      minThreads: 0, // a run whose results are all cached starts no worker
      maxThreads: options.workers,
      idleTimeout: Infinity,
      execArgv: workerArguments(Object.values(stages).flatMap((stage) => [stage.module, ...Object.values(stage.resources).map(({ module }) => module)])),
      resourceLimits: { maxOldGenerationSizeMb: options.workerHeap ?? 4096 },
      workerData: { cacheRoot: options.cacheRoot, stages } satisfies WorkerData,
    });
    this.#pool.on('error', (error: Error) => this.#onWorkerFault(error));
    this.#pool.on('message', (message: WorkerMessage) => {
      if (message.flow === 'log') options.log?.(message.line);
      else options.onSetup?.(message.stage, message.milliseconds);
    });
  }

  async run(stage: PlannedStage, inputs: StageValues, call: HostCall): Promise<Timed<StageValues>> {
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await this.#once({ stage: stage.name, inputs, call, started: new Int32Array(new SharedArrayBuffer(4)) });
        if (result.ok || !result.setup) return result;
        throw errorFromRecord(result.error, { who: stage.name });
      } catch (error) {
        if (error instanceof FlowError) throw error;
        this.#onCrash();
        await releaseDeadThreads(this.#locks, new Set(this.#pool.threads.map((worker) => worker.threadId)));
        if (attempt >= this.#attempts) throw workerError(stage, call.key, attempt, error as Error);
      }
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  /** Tasks that wait for a worker. */
  get waiting(): number {
    return this.#pool.queueSize;
  }

  /** Piscina leaves queued tasks alone when the last worker dies before it was ready: nobody would run them. */
  #onWorkerFault(error: Error): void {
    if (this.#pool.threads.length > 0) return;
    this.#fault = error;
    for (const abort of this.#running) abort.abort();
  }

  /** Rejects when the worker dies or takes too long. */
  async #once(task: WorkerTask): Promise<WorkerResult> {
    const abort = new AbortController();
    let spent = 0;
    const tick = Math.min(1000, this.#taskTimeout / 4);
    const clock = setInterval(() => {
      if (Atomics.load(task.started, 0) === 1) spent += tick;
      if (spent >= this.#taskTimeout) abort.abort();
    }, tick);
    this.#running.add(abort);
    this.#fault = undefined;
    try {
      return await this.#pool.run(task, { signal: abort.signal });
    } catch (error) {
      throw !abort.signal.aborted ? error : this.#fault ?? new Error(`it took longer than ${this.#taskTimeout / 1000} s`);
    } finally {
      clearInterval(clock);
      this.#running.delete(abort);
    }
  }
}

function workerStages(plan: Plan, plugins: PluginSources): Record<string, StageRecipe> {
  const hosts = [...plan.stages.values()].filter((stage) => stage.contract.kind === 'host');
  return Object.fromEntries(hosts.map((stage) => [stage.name, stageRecipe(plan, stage, plugins)]));
}

function ownExtension(): string {
  return import.meta.url.endsWith('.ts') ? '.ts' : '.js';
}

function workerError(stage: PlannedStage, key: string, attempts: number, error: Error): FlowError {
  return new FlowError('FLOW_WORKER', {
    who: stage.name, where: stage.place, keys: [key], cause: error,
    message: `A worker failed on every one of ${attempts} attempts: ${error.message}`,
    cure: 'Run with workers 0 to see the stage work on the main thread.',
  });
}
