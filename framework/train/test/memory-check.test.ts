import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tf, useEngine, type Engine } from '../../device/index.js';
import type { FlowError } from '../../errors/flow-error.js';
import { checkedForMemory } from '../memory-check.js';
import type { TrainingProgram } from '../program.js';
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

test('a step that cannot fit is refused before it runs', async () => {
  try {
    await firstKeys(1, 6);
    assert.unreachable('it must refuse');
  } catch (error) {
    assert.is((error as FlowError).code, 'FLOW_DEVICE_MEMORY');
    assert.match((error as FlowError).describe(), 'on 6 samples at once');
  }
});

test('nothing is estimated without a limit, or for micro-batches that the estimate would have to run', async () => {
  assert.is((await firstKeys(undefined, 6)).runs, 0);
  assert.is((await firstKeys(1, 2)).runs, 0);
});

test.run();
