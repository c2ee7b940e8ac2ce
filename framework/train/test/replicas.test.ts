/** Replicas: the same bits as one thread with the same micro-batches, at any number of threads; their errors reach the run. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FlowError } from '../../errors/flow-error.js';
import { loadPipeline } from '../../pipeline/index.js';
import { runPipeline } from '../../run-pipeline.js';
import { readStepMetrics } from '../../run/metrics.js';
import type { ReplicaRecipe } from '../replicas/messages.js';
import { Replica } from '../replicas/replica.js';

const folder = mkdtempSync(join(tmpdir(), 'flow-replicas-'));
test.after(() => rmSync(folder, { recursive: true }));
const example = fileURLToPath(new URL('../../example/pipeline.yaml', import.meta.url));

async function run(name: string, settings: readonly string[], { file = example, resume = false } = {}) {
  const said: string[] = [];
  const result = await runPipeline({
    file, name, resume, runsFolder: join(folder, 'runs'), cacheRoot: join(folder, 'cache'), device: 'wasm', builtin: async () => [],
    output: { write: (text: string) => (said.push(text), true) },
    set: ['train.batch=6', 'train.checkpoint.every.steps=2', 'train.stop.steps=5', ...settings],
  });
  const weights = join(result.folder, 'weights.safetensors');
  return {
    said: said.join(''), metrics: readStepMetrics(result.folder), exitCode: result.exitCode,
    weights: existsSync(weights) ? readFileSync(weights) : Buffer.alloc(8),
  };
}

test('three threads give the bits of one, and both make the same plan', async () => {
  const one = await run('one', ['train.microBatch=1', 'train.replicas=1']);
  const three = await run('three', ['train.microBatch=1', 'train.replicas=3']);
  assert.equal(three.metrics, one.metrics);
  assert.ok(tensorsOf(three.weights).equals(tensorsOf(one.weights)));
  const digest = async (replicas: number): Promise<string> =>
    (await loadPipeline({ file: example, set: [`train.replicas=${replicas}`], builtin: async () => [] })).plan.digest;
  assert.is(await digest(3), await digest(1), 'a run may be resumed with another number');
});

test('replicas without parts to share are said to be idle', async () => {
  const { said } = await run('idle', ['train.microBatch=6', 'train.replicas=2', 'train.stop.steps=1']);
  assert.match(said, /train\.replicas is not used: set train\.microBatch to a part of train\.batch/);
});

test('a replica that cannot be built says why', async () => {
  const stage = { planned: { name: 'x', use: 'toy/nothing' }, module: new URL('../schedule.ts', import.meta.url).href };
  const recipe = {
    engine: 'cpu', seed: 1, cacheRoot: folder, section: { name: 's', stages: ['x'], inputs: [], outputs: [] }, stages: [stage], resources: [],
    variables: [], trained: [], weights: new SharedArrayBuffer(0), slots: [],
  };
  const replica = new Replica(recipe as unknown as ReplicaRecipe, 'replica 1', () => undefined);
  const error = await replica.ready().then(() => undefined, (reason: FlowError) => reason);
  await replica.close();
  assert.is(error?.code, 'FLOW_PLUGIN_LOAD');
  assert.match(error!.message, /exports no plugin with "toy\/nothing"/);
});

/** The example with a stage in its section that ends its thread, or interrupts the process, during the third part. */
const fragile = join(folder, 'fragile.json');
const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
writeFileSync(fragile, JSON.stringify({
  flow: 1, extends: example, plugins: [beside('../../example/plugin.ts'), beside('./fragile-plugin.ts')],
  stages: { pass: { use: 'fragile/pass', in: { place: 'standardise.place' } }, prediction: { graph: 'ground', in: { place: 'pass.place' } } },
}));
const runFragile = (name: string, replicas: number, resume = false) =>
  run(name, ['train.microBatch=2', `train.replicas=${replicas}`, 'train.stop.steps=8'], { file: fragile, resume });

async function withFault<T>(fault: string, work: () => Promise<T>): Promise<T> {
  process.env[faultVariable] = fault;
  try {
    return await work();
  } finally {
    delete process.env[faultVariable];
  }
}

const deaths = [
  ['throw', 'FLOW_DEVICE', /third part is one too many/], ['exit', 'FLOW_WORKER', /The replica ended/], ['uncaught', 'FLOW_WORKER', /The replica died: out of turn/],
] as const;

for (const [fault, code, message] of deaths) {
  test(`a replica that dies during a step (${fault}) ends the run with its error, and the run resumes with other numbers of replicas, bit for bit`, async () => {
    const error = await withFault(fault, () => runFragile(fault, 2)).then(() => undefined, (reason: FlowError) => reason);
    assert.is(error?.code, code);
    assert.match(error!.message, message);
    assert.is(error!.fields.who, fault === 'throw' ? 'pass' : 'replica 1');
    const reached = readStepMetrics(join(folder, 'runs', 'fragile', fault)).length;
    assert.ok(reached >= 1 && reached < 8, `${reached} steps`);
    assert.ok(existsSync(join(folder, 'runs', 'fragile', fault, 'checkpoints', `step-${String(reached).padStart(8, '0')}.safetensors`)), 'what was reached is saved');
    if (fault !== 'exit') return; // the three end in the same state
    const resumed = await runFragile(fault, 3, true);
    const straight = await straightRun();
    assert.equal(resumed.metrics, straight.metrics);
    assert.ok(tensorsOf(resumed.weights).equals(tensorsOf(straight.weights)));
  });
}

test('Ctrl-C with replicas finishes the step and saves; resumed on one thread, the run has the bits of one left alone', async () => {
  const listeners = process.listenerCount('SIGINT');
  const { exitCode, metrics } = await withFault('interrupt', () => runFragile('interrupt', 2));
  assert.is(exitCode, 130);
  assert.is(process.listenerCount('SIGINT'), listeners);
  assert.ok(metrics.length >= 1 && metrics.length < 8, `${metrics.length} steps`);
  const resumed = await runFragile('interrupt', 1, true);
  const straight = await straightRun();
  assert.equal(resumed.metrics, straight.metrics);
  assert.ok(tensorsOf(resumed.weights).equals(tensorsOf(straight.weights)));
});

/** Read by `fragile-stage.ts`. */
const faultVariable = 'FLOW_TEST_REPLICA_FAULT';

let straight: ReturnType<typeof runFragile> | undefined;

/** The same run left alone, on one thread. */
function straightRun(): ReturnType<typeof runFragile> {
  return (straight ??= runFragile('straight', 1));
}

/** The numbers of a safetensors file, without its header. */
function tensorsOf(file: Buffer): Buffer {
  return file.subarray(8 + Number(file.readBigUInt64LE(0)));
}

test.run();
