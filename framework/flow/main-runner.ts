/** Runs host stages on the main thread. */
import type { Plan, PlannedStage } from '../pipeline/plan.js';
import type { HostCall, HostContract, HostFunction } from '../plugin/stage-types.js';
import { errorFromRecord, errorRecord, timedEnvelopeOf, type Timed } from './envelope.js';
import type { StageValues } from './stage-values.js';
import type { ResourceLoader } from './resources.js';

/** Runs the function of a host stage on one sample, somewhere. Rejects when the stage cannot be set up or its worker dies. */
export interface StageRunner {
  run(stage: PlannedStage, inputs: StageValues, call: HostCall): Promise<Timed<StageValues>>;
  close(): Promise<void>;
}

export interface MainRunnerOptions {
  readonly log: (line: string) => void;
  /** A stage begins to be set up, which may take long, or is ready. */
  readonly onSetup: (stage: string, milliseconds?: number) => void;
}

/** Builds each stage once and calls it in place. */
export class MainRunner implements StageRunner {
  readonly #plan: Plan;
  readonly #resources: ResourceLoader;
  readonly #options: MainRunnerOptions;
  readonly #functions = new Map<string, Promise<HostFunction>>();

  constructor(plan: Plan, resources: ResourceLoader, options: MainRunnerOptions) {
    this.#plan = plan;
    this.#resources = resources;
    this.#options = options;
  }

  async run(stage: PlannedStage, inputs: StageValues, call: HostCall): Promise<Timed<StageValues>> {
    let made = this.#functions.get(stage.name);
    if (!made) {
      made = this.#create(stage);
      this.#functions.set(stage.name, made);
    }
    const hostFunction = await made;
    return timedEnvelopeOf(() => hostFunction.run(inputs as never, call), 'FLOW_STAGE');
  }

  async close(): Promise<void> {
    const functions = [...this.#functions.values()];
    this.#functions.clear();
    for (const made of functions) {
      const hostFunction = await made.catch(() => undefined);
      await hostFunction?.close?.();
    }
  }

  async #create(stage: PlannedStage): Promise<HostFunction> {
    const contract = stage.contract as HostContract;
    const { log, onSetup } = this.#options;
    const start = performance.now();
    onSetup(stage.name);
    try {
      const resource = await loadSlots(this.#plan, stage, this.#resources);
      const { stage: implementation } = await contract.load();
      return await implementation.create({
        options: stage.options, stage: stage.name, resource, log: (line) => log(`${stage.name}: ${line}`),
      });
    } catch (error) {
      throw errorFromRecord(errorRecord(error, 'FLOW_STAGE'), { who: stage.name });
    } finally {
      onSetup(stage.name, performance.now() - start);
    }
  }
}

/** Loads the resources of a stage; the answer reads them by slot, synchronously. */
export async function loadSlots(plan: Plan, stage: PlannedStage, loader: ResourceLoader): Promise<(slot: string) => never> {
  const values = new Map<string, unknown>();
  for (const [slot, name] of Object.entries(stage.resources)) values.set(slot, await loader.load(plan.resources.get(name)!));
  return (slot) => values.get(slot) as never;
}
