/**
 * The code of a pool's worker: imports plugin modules by URL, makes each stage's function once, loads its resources once,
 * runs samples, and hands the outputs over without copying. It never throws: results are envelopes.
 */
import { parentPort } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol, workerData } from 'piscina';
import type { HostCall, HostContract, HostFunction, ResourceContract } from '../plugin/stage-types.js';
import type { StageValues } from './stage-values.js';
import { errorRecord, timedEnvelopeOf, type Timed } from './envelope.js';
import { giveAway, protectedBuffers } from './give-away.js';
import { ResourceLoader } from './resources.js';
import { memberOf, type StageRecipe } from './stage-recipe.js';

export interface WorkerData {
  readonly cacheRoot: string;
  /** Stage name → recipe. */
  readonly stages: Readonly<Record<string, StageRecipe>>;
}

export interface WorkerTask {
  readonly stage: string;
  readonly inputs: StageValues;
  readonly call: HostCall;
  /** Set to 1 when the stage's own work begins: what came before (imports, resources) is not on its clock. */
  readonly started: Int32Array;
}

/** What a worker tells beside results. */
export type WorkerMessage =
  | { readonly flow: 'log'; readonly line: string }
  /** Without a time at the beginning, with it at the end. */
  | { readonly flow: 'setup'; readonly stage: string; readonly milliseconds?: number };

/** `setup` marks a failure before the sample's turn: the stage cannot be made, whatever the sample. */
export type WorkerResult = Timed<StageValues> & { readonly setup?: boolean };

const { cacheRoot, stages } = workerData as WorkerData;
const resources = new ResourceLoader({ cacheRoot, log });
const functions = new Map<string, Promise<HostFunction>>();
const keep = protectedBuffers();

/** The task function that Piscina calls. */
export async function run(task: WorkerTask): Promise<unknown> {
  let hostFunction: HostFunction;
  try {
    hostFunction = await functionFor(stages[task.stage]);
  } catch (error) {
    return { ok: false, error: errorRecord(error, 'FLOW_STAGE'), setup: true, milliseconds: 0 } satisfies WorkerResult;
  }
  Atomics.store(task.started, 0, 1);
  const envelope = await timedEnvelopeOf(async () => {
    const outputs = await hostFunction.run(task.inputs as never, task.call);
    return giveAway(outputs, keep);
  }, 'FLOW_STAGE');
  if (!envelope.ok) return envelope;
  const { value, transfer } = envelope.value;
  return move({ [valueSymbol]: { ok: true, value, milliseconds: envelope.milliseconds }, [transferableSymbol]: transfer } as never);
}

function functionFor(recipe: StageRecipe): Promise<HostFunction> {
  const id = `${recipe.name} ${recipe.digest}`;
  let made = functions.get(id);
  if (!made) {
    made = create(recipe);
    functions.set(id, made);
    made.catch(() => functions.delete(id));
  }
  return made;
}

async function create(recipe: StageRecipe): Promise<HostFunction> {
  const start = performance.now();
  tell({ flow: 'setup', stage: recipe.name });
  try {
    const contract = await memberOf<HostContract>(recipe, 'stages');
    const values = new Map<string, unknown>();
    for (const [slot, address] of Object.entries(recipe.resources)) {
      const value = await resources.load({ ...address, contract: await memberOf<ResourceContract>(address, 'resources') });
      keep.addAll(value);
      values.set(slot, value);
    }
    const { stage } = await contract.load();
    return await stage.create({
      options: recipe.options, stage: recipe.name, resource: (slot) => values.get(slot) as never,
      log: (line) => log(`${recipe.name}: ${line}`),
    });
  } finally {
    tell({ flow: 'setup', stage: recipe.name, milliseconds: performance.now() - start });
  }
}

function log(line: string): void {
  tell({ flow: 'log', line });
}

function tell(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}
