/** What all flows of a process share: workers, caches, resources, quarantine, progress. Training and validation use the same. */
import { join } from 'node:path';
import type { Plan, PlannedStage } from '../pipeline/plan.js';
import { defaultCacheRoot } from './cache-root.js';
import { ContentCache } from './cache.js';
import type { Refused } from './error-policy.js';
import { MainRunner, type StageRunner } from './main-runner.js';
import { MemoryLayer } from './memory-layer.js';
import { Monitor } from './monitor.js';
import { PoolRunner } from './pool.js';
import { Quarantine } from './quarantine.js';
import { ResourceLoader } from './resources.js';
import { ledgerName, SourceLedger } from './source-ledger.js';
import type { PluginSources } from './stage-recipe.js';
import type { StageValues } from './stage-values.js';

export interface ServiceOptions {
  readonly plugins: PluginSources;
  /** Threads of the pool; 0 runs everything on the main thread. By default `plan.workers`. */
  readonly workers?: number;
  readonly cacheRoot?: string;
  /** False turns the content cache off; resources are still kept. */
  readonly cache?: boolean;
  readonly diskBytes?: number;
  /** Whether samples come again, so that it pays to remember them. By default in training; other runs visit each sample once. */
  readonly revisits?: boolean;
  /** Values kept in memory in front of the disk, source samples and cached results; half a gibibyte by default where samples come again. */
  readonly memoryBytes?: number;
  /** What the source samples in flight may take; large samples make the window smaller. */
  readonly flightBytes?: number;
  /** Folder of the run: `quarantine.jsonl` goes there. */
  readonly runFolder?: string;
  /** Longest time for one sample in one host stage, in milliseconds. */
  readonly taskTimeout?: number;
  /** Seconds without movement that count as a stall. */
  readonly stallSeconds?: number;
  readonly log?: (line: string) => void;
}

export interface FlowServices {
  readonly plugins: PluginSources;
  readonly cacheRoot: string;
  readonly main: StageRunner;
  /** The pool, or the main thread when there are no workers. */
  readonly pool: StageRunner;
  readonly cache?: ContentCache;
  /** Samples that sources have read, and cached results. */
  readonly memory: MemoryLayer<StageValues>;
  /** Digests of source samples, for those whose values were dropped from memory; absent where no sample comes again. */
  readonly sourceDigests?: Map<string, Readonly<Record<string, string>>>;
  /** What a source's type gave in earlier runs; absent without a cache. */
  readonly ledger: (source: PlannedStage) => SourceLedger | undefined;
  readonly flightBytes: number;
  /** Inputs that pure stages refused, by cache key: they would refuse them again. */
  readonly refusals: Map<string, Refused>;
  readonly resources: ResourceLoader;
  readonly quarantine: Quarantine;
  readonly monitor: Monitor;
  readonly stallSeconds: number;
  readonly log: (line: string) => void;
  close(): Promise<void>;
}

const gibibyte = 2 ** 30;

/** Opens what the flows of a run share. The caller closes it. */
export function openServices(plan: Plan, options: ServiceOptions): FlowServices {
  const { plugins, log = () => undefined, taskTimeout } = options;
  const workers = options.workers ?? plan.workers;
  const cacheRoot = options.cacheRoot ?? defaultCacheRoot();
  const revisits = options.revisits ?? plan.train !== undefined;
  const memory = new MemoryLayer<StageValues>(options.memoryBytes ?? (revisits ? gibibyte / 2 : 0));
  const monitor = new Monitor();
  const resources = new ResourceLoader({ cacheRoot, log });
  const main = new MainRunner(plan, resources, { log, onSetup: (stage, milliseconds) => monitor.setUp(stage, milliseconds) });
  const pool = workers === 0 ? main : new PoolRunner(plan, plugins, {
    workers, cacheRoot, taskTimeout, log: (line) => {
      monitor.moved();
      log(line);
    }, onSetup: (stage, milliseconds) => monitor.setUp(stage, milliseconds), onCrash: () => monitor.workerDied(),
  });
  const cache = options.cache === false ? undefined : new ContentCache({ root: cacheRoot, diskBytes: options.diskBytes, memory, log });
  const ledgers = new Map<string, SourceLedger>();
  const ledger = (source: PlannedStage): SourceLedger => {
    const name = ledgerName(source);
    const opened = ledgers.get(name) ?? new SourceLedger(cacheRoot, name);
    ledgers.set(name, opened);
    return opened;
  };
  const quarantine = new Quarantine(options.runFolder && join(options.runFolder, 'quarantine.jsonl'));
  return {
    plugins, cacheRoot, main, pool, cache, ledger: (source) => cache && ledger(source), memory, resources, quarantine, monitor, log,
    refusals: new Map(),
    sourceDigests: revisits ? new Map() : undefined,
    flightBytes: options.flightBytes ?? gibibyte,
    stallSeconds: options.stallSeconds ?? 300,
    async close() {
      await pool.close();
      if (main !== pool) await main.close();
      await cache?.close();
      for (const opened of ledgers.values()) await opened.close();
      await quarantine.close();
    },
  };
}
