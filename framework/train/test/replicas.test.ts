/** Replicas: the same bits as one thread with the same micro-batches, at any number of threads; their errors reach the run. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

async function run(name: string, settings: readonly string[], resume = false) {
  const said: string[] = [];
  const result = await runPipeline({
    file: example, name, resume, runsFolder: join(folder, 'runs'), cacheRoot: join(folder, 'cache'), device: 'wasm', builtin: async () => [],
    output: { write: (text: string) => (said.push(text), true) },
    set: ['train.batch=6', 'train.checkpoint.every.steps=2', 'train.stop.steps=5', ...settings],
  });
  return { said: said.join(''), metrics: readStepMetrics(result.folder), weights: readFileSync(join(result.folder, 'weights.safetensors')), folder: result.folder };
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

/** The numbers of a safetensors file, without its header. */
function tensorsOf(file: Buffer): Buffer {
  return file.subarray(8 + Number(file.readBigUInt64LE(0)));
}

test.run();
