/** The code of a replica: a device section on an engine of its own, with the weights of the training thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { DeviceProgram, tf, useEngine, VariableStore, type EngineName } from '../../device/index.js';
import { errorRecord } from '../../flow/envelope.js';
import { ResourceLoader } from '../../flow/resources.js';
import { memberOf } from '../../flow/stage-recipe.js';
import type { PlannedStage } from '../../pipeline/plan.js';
import type { ResourceContract, StageContract } from '../../plugin/stage-types.js';
import { scalar, scalars } from '../read-back.js';
import { partOf } from '../step.js';
import type { PartRequest, ReplicaMessage, ReplicaRecipe } from './messages.js';
import { SharedNumbers } from './shared-numbers.js';

const recipe = workerData as ReplicaRecipe;
const say = (message: ReplicaMessage): void => parentPort!.postMessage(message);

async function build(): Promise<DeviceProgram> {
  await useEngine(recipe.engine as EngineName);
  const log = (line: string): void => say({ kind: 'log', line });
  const stages = new Map<string, PlannedStage>();
  for (const { planned, module } of recipe.stages) {
    stages.set(planned.name, { ...planned, contract: await memberOf<StageContract>({ name: planned.name, use: planned.use, module }, 'stages') });
  }
  const loader = new ResourceLoader({ cacheRoot: recipe.cacheRoot, log });
  const resources = new Map<string, unknown>();
  for (const address of recipe.resources) {
    const contract = await memberOf<ResourceContract>(address, 'resources');
    resources.set(address.name, await loader.load({ ...address, contract }));
  }
  return DeviceProgram.build({ plan: { stages }, section: recipe.section, resources, variables: new VariableStore(recipe.seed), seed: recipe.seed, log });
}

const weights = new SharedNumbers(recipe.variables, recipe.weights);
const slots = recipe.slots.map((slot) => new SharedNumbers(recipe.trained, slot));
let version = 0;

/** Takes over the weights when they changed: new tensors, since engines keep packed copies of old ones. */
function refresh(program: DeviceProgram, wanted: number): void {
  if (wanted === version) return;
  for (const { name, variable } of program.variables) {
    tf.tidy(() => variable.assign(tf.tensor(weights.view(name).slice(), variable.shape, 'float32')));
  }
  version = wanted;
}

async function answer(program: DeviceProgram, request: PartRequest): Promise<ReplicaMessage> {
  refresh(program, request.version);
  const { loss, outputs, gradients } = partOf(program, request.batch, request);
  for (const [name, gradient] of Object.entries(gradients)) slots[request.slot]!.view(name).set(await gradient.data<'float32'>());
  tf.dispose(Object.values(gradients));
  return { kind: 'done', part: request.part, reached: Object.keys(gradients), outputs: await scalars(outputs), loss: await scalar(loss) };
}

try {
  const program = await build();
  let turn = Promise.resolve();
  parentPort!.on('message', (request: PartRequest) => {
    turn = turn.then(() => answer(program, request)).then(say, (error: unknown) => say({ kind: 'failed', error: errorRecord(error, 'FLOW_DEVICE') }));
  });
  say({ kind: 'ready' });
} catch (error) {
  say({ kind: 'failed', error: errorRecord(error, 'FLOW_DEVICE') });
}
