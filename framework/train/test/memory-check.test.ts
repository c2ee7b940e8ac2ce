import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { estimateMemory, tf, useEngine, type Engine } from '../../device/index.js';
import type { FlowError } from '../../errors/flow-error.js';
import { checkedForMemory } from '../memory-check.js';
import type { TrainBatch, TrainingProgram } from '../program.js';
import { batchesFrom, makeProgram } from './linear-program.js';

const plan = { loss: 'loss.value', log: [], microBatch: 6 };
const start = { epoch: 0, position: 0 };

async function firstKeys(memoryLimit: number | undefined, microBatch: number): Promise<{ keys: readonly string[][]; runs: number }> {
  const engine: Engine = { ...(await useEngine('wasm')), memoryLimit };
  const program = makeProgram();
  let runs = 0;
  const counted: TrainingProgram = { ...program, valueAndGradients: (...request) => (runs++, program.valueAndGradients(...request)) };
  const keys: string[][] = [];
  try {
    for await (const batch of checkedForMemory(batchesFrom(start, 6), counted, { ...plan, microBatch }, engine)) {
      keys.push([...batch.keys]);
      if (keys.length === 3) break;
    }
    return { keys, runs };
  } finally {
    program.dispose();
  }
}

async function keysWithoutCheck(): Promise<string[][]> {
  const keys: string[][] = [];
  for await (const batch of batchesFrom(start, 6)) {
    keys.push([...batch.keys]);
    if (keys.length === 3) break;
  }
  return keys;
}

test('a step that fits changes nothing: the same batches, two runs on the first, no tensor more', async () => {
  await useEngine('wasm');
  const before = tf.memory().numTensors;
  const { keys, runs } = await firstKeys(2 ** 30, 6);
  assert.equal(keys, await keysWithoutCheck());
  assert.is(runs, 2);
  assert.is(tf.memory().numTensors, before);
});

test('a step that cannot fit is refused before it runs, with the micro-batch that would; so is one whose every sample is too large', async () => {
  await useEngine('wasm');
  const program = makeProgram();
  const batch = (await batchesFrom(start, 6)[Symbol.asyncIterator]().next()).value as TrainBatch;
  const { fixed, perSample } = estimateMemory(program, batch, plan.loss);
  const variables = tf.memory().numBytes;
  program.dispose();
  for (const [limit, message, cure] of [
    [fixed + 3.5 * perSample, /on 6 samples at once/, /microBatch to 3 or less/], [variables, /on 1 sample at once/, /not even one sample fits/],
  ] as const) {
    const error = await firstKeys(limit, 6).catch((reason: unknown) => reason as FlowError);
    assert.is((error as FlowError).code, 'FLOW_DEVICE_MEMORY');
    assert.match((error as FlowError).describe(), message);
    assert.match((error as FlowError).describe(), cure);
  }
});

test('nothing is estimated without a limit, or for micro-batches that the estimate would have to run', async () => {
  assert.is((await firstKeys(undefined, 6)).runs, 0);
  assert.is((await firstKeys(2 ** 30, 2)).runs, 0);
});

test('a small micro-batch is watched in its first step: told what it takes, stopped where it would not fit, and then left alone', async () => {
  const engine = await useEngine('wasm');
  const { numBytes, numTensors } = tf.memory();
  const steps = async (memoryLimit: number, microBatch: number): Promise<string[]> => {
    const said: string[] = [];
    let left = 3;
    for await (const _batch of checkedForMemory(batchesFrom(start, 6), undefined as never, { ...plan, microBatch }, { ...engine, memoryLimit }, (line) => said.push(line))) {
      tf.tidy(() => void tf.zeros([left === 3 ? 2 ** 18 : 2 ** 20]).square());
      if (--left === 0) break;
    }
    return said;
  };
  assert.equal(await steps(numBytes + 2 ** 22, 2), [`memory of a step on 2 at once: 0.00 GiB of ${((numBytes + 2 ** 22) / 2 ** 30).toFixed(2)} GiB`]);
  for (const [microBatch, cure] of [[2, /train\.microBatch to 1 or less/], [1, /not even one sample fits/]] as const) {
    const error = await steps(numBytes + 2 ** 20, microBatch).catch((reason: unknown) => reason as FlowError);
    assert.is((error as FlowError).code, 'FLOW_DEVICE_MEMORY');
    assert.match((error as FlowError).describe(), cure);
  }
  tf.tidy(() => void tf.zeros([2 ** 20]));
  assert.is(tf.memory().numTensors, numTensors);
});

test.run();
