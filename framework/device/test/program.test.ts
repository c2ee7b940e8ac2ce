import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FlowError} from '../../index.js';
import { defineDevice, tensor, Type } from '../../index.js';
import { implementDevice } from '../../plugin/define.js';
import { close, expectNoLeak, onEngines } from '../../testing/index.js';
import { checkMemory, DeviceProgram, estimateMemory, peakBytes, tf, useEngine, VariableStore, type LossAndGradients } from '../index.js';
import { distance, linear, noise, square, toyBatch, toyPlan, type ToyStage } from './toy-section.js';

const check = onEngines(test);
const batch = toyBatch(['a', 'b', 'c', 'd']);

async function withProgram(stages: readonly ToyStage[], body: (program: DeviceProgram, variables: VariableStore) => void | Promise<void>): Promise<void> {
  await expectNoLeak(async () => {
    const variables = new VariableStore(7);
    const program = await DeviceProgram.build({ ...toyPlan(stages), resources: new Map(), variables, seed: 7 });
    try {
      await body(program, variables);
    } finally {
      program.dispose();
      variables.dispose();
    }
  });
}

/** data → first (W) → loss against a target that `second` computes from first, detached or not. */
const twoPass = (detach: string): ToyStage[] => [
  { name: 'first', contract: linear, in: { x: 'data.x' }, scope: 'net' },
  { name: 'mess', contract: noise, in: { x: `${detach}first.y` } },
  { name: 'second', contract: linear, in: { x: 'mess.y' }, scope: 'net' },
  { name: 'loss', contract: distance, in: { a: 'second.y', b: 'first.y' } },
];

async function gradientOf(result: LossAndGradients, name: string): Promise<Float32Array> {
  const values = Float32Array.from(await result.gradients[name]!.data());
  tf.dispose(result as never);
  return values;
}

for (const detach of ['', '!']) {
  check(`gradient of a shared variable over ${detach ? 'a detached' : 'an attached'} edge equals finite differences`, () =>
    withProgram(twoPass(detach), async (program, variables) => {
      const start = await variables.get('net/kernel');
      const gradient = await gradientOf(program.valueAndGradients(batch, 'loss.loss'), 'net/kernel');
      // With the edge detached the slope is of the loss whose noisy input is held at the start.
      const held = await program.run(batch, ['first.y']);
      const lossAt = async (element: number, step: number): Promise<number> => {
        const moved = start.data.slice() as Float32Array;
        moved[element]! += step;
        variables.set('net/kernel', { ...start, data: moved });
        const result = detach ? await heldLoss(program, held['first.y']!.data as Float32Array) : program.valueAndGradients(batch, 'loss.loss');
        const loss = (await result.loss.data())[0]!;
        tf.dispose(result as never);
        variables.set('net/kernel', start);
        return loss;
      };
      for (const element of [0, 4, 7]) {
        const slope = ((await lossAt(element, 1e-2)) - (await lossAt(element, -1e-2))) / 2e-2;
        assert.ok(Math.abs(slope - gradient[element]!) < 2e-3, `${element}: ${slope} ${gradient[element]}`);
      }
    }));
}

/** The loss of `twoPass` with the second pass fed by fixed values of the first. */
async function heldLoss(program: DeviceProgram, first: Float32Array): Promise<{ loss: ReturnType<typeof tf.scalar> }> {
  const outputs = await program.run(batch, ['first.y']);
  const draws = batch.keys.map((key) => program.draw(key, 0)['mess']!['noise']!.data);
  const kernel = program.variables[0]!.variable;
  return {
    loss: tf.tidy(() => {
      const noisy = tf.tensor2d(first, [4, 3]).add(tf.tensor2d(draws.flatMap((row) => [...row]), [4, 3]));
      const second = tf.tanh(tf.matMul(noisy as never, kernel as never));
      return second.sub(tf.tensor2d(outputs['first.y']!.data as Float32Array, [4, 3])).square().mean() as ReturnType<typeof tf.scalar>;
    }),
  };
}

check('wanted ports, the loss among them, come from the same pass', () => withProgram(twoPass(''), async (program) => {
  const result = program.valueAndGradients(batch, 'loss.loss', ['loss.loss', 'first.y', 'mess.y']);
  assert.equal(result.outputs['loss.loss']!.shape, [4]);
  close(result.loss, Float32Array.from(await result.outputs['loss.loss']!.data()).reduce((sum, value) => sum + value, 0) / 4);
  const alone = program.forward(batch, ['first.y', 'mess.y'], { training: true });
  close(result.outputs['first.y']!, alone['first.y']!, { rtol: 0, atol: 0 });
  close(result.outputs['mess.y']!, alone['mess.y']!, { rtol: 0, atol: 0 });
  tf.dispose([result, alone] as never);
}));

check('a batch equals its samples, random inputs and all', () => withProgram(twoPass(''), async (program) => {
  const together = await program.run(batch, ['loss.loss']);
  for (const [index, key] of batch.keys.entries()) {
    const alone = await program.run(toyBatch([key]), ['loss.loss']);
    close(alone['loss.loss']!, [together['loss.loss']!.data[index]!], { rtol: 1e-6, atol: 1e-7 });
  }
}));

check('draws are a function of seed, stage, epoch and key', () => withProgram(twoPass(''), (program) => {
  const values = (key: string, epoch: number): number[] => [...program.draw(key, epoch)['mess']!['noise']!.data];
  assert.equal(values('a', 0), values('a', 0));
  assert.not.equal(values('a', 0), values('a', 1));
  assert.not.equal(values('a', 0), values('b', 0));
}));

check('start values depend on seed and name alone', () => withProgram(twoPass(''), async (_program, variables) => {
  const other = new VariableStore(7);
  const program = await DeviceProgram.build({ ...toyPlan(twoPass('').slice(0, 1)), resources: new Map(), variables: other, seed: 7 });
  assert.equal(await other.get('net/kernel'), await variables.get('net/kernel'));
  program.dispose();
  other.dispose();
}));

test('frozen stages leave nothing on the tape', async () => {
  await useEngine('cpu');
  const chain = (trainable: boolean): ToyStage[] => [
    { name: 'frozen', contract: linear, in: { x: 'data.x' }, trainable: false },
    { name: 'squared', contract: square, in: { x: 'frozen.y' } },
    { name: 'head', contract: linear, in: { x: 'squared.y' }, trainable },
    { name: 'loss', contract: distance, in: { a: 'head.y', b: 'squared.copy' } },
    { name: 'metric', contract: distance, in: { a: 'head.y' } },
  ];
  await withProgram(chain(true), async (program) => {
    const recorded = recordedKernels(() => program.valueAndGradients(batch, 'loss.loss', ['metric.loss']));
    assert.equal(recorded.filter((kernel) => kernel === 'Tanh').length, 1, 'the head only');
    assert.equal(recorded.filter((kernel) => kernel === 'Square').length, 1, 'the loss only, not its twin for the metric');
  });
  await withProgram(chain(false), (program) => {
    assert.throws(() => program.valueAndGradients(batch, 'loss.loss'), (error: FlowError) => error.code === 'FLOW_TRAIN');
  });
});

/** Kernels on the tape during `body`, which makes tensors that are freed here. */
function recordedKernels(body: () => object): string[] {
  const engine = tf.engine() as unknown as { endTape(): void; state: { activeTape: { kernelName: string }[] } };
  const { endTape } = engine;
  const kernels: string[] = [];
  engine.endTape = function (this: typeof engine) {
    kernels.push(...this.state.activeTape.map(({ kernelName }) => kernelName));
    endTape.call(this);
  };
  try {
    tf.dispose(body() as never);
  } finally {
    engine.endTape = endTape;
  }
  return kernels;
}

check('the memory of a step is estimated, and what cannot fit says what would', () => withProgram(twoPass(''), (program) => {
  const estimate = estimateMemory(program, batch, 'loss.loss', ['first.y']);
  const eight = peakBytes(() => program.valueAndGradients(toyBatch([...'abcdefgh']), 'loss.loss', ['first.y']));
  tf.dispose(eight.result as never);
  const held = tf.memory().numBytes;
  const predicted = estimate.fixed + 8 * estimate.perSample;
  assert.ok(Math.abs(predicted - (held + eight.bytes)) <= 0.15 * predicted, `${predicted} ${held + eight.bytes}`);
  const engine = { name: 'wasm', deterministic: true, readsSynchronously: true, describe: () => '', memoryLimit: estimate.fixed + 5.5 * estimate.perSample } as const;
  checkMemory(estimate, 5, engine);
  assert.throws(() => checkMemory(estimate, 6, engine), (error: FlowError) => error.code === 'FLOW_DEVICE_MEMORY' && /microBatch to 5/.test(error.describe()));
}));

const none = Type.Object({}, { additionalProperties: false });
const vector = tensor('float32', [3], 'feature');
const faulty = (run: (x: ReturnType<typeof tf.tensor2d>) => unknown): unknown => {
  const contract = defineDevice({
    summary: 'Fails.', version: 1, options: none, in: { x: vector }, out: { y: vector },
    load: async (): Promise<object> => ({ stage: implementDevice(contract, { build: () => ({ run: ({ x }) => ({ y: run(x as never) as never }) }) }) }),
  });
  return contract;
};
const withFault = (run: (x: ReturnType<typeof tf.tensor2d>) => unknown): ToyStage[] => [
  { name: 'net', contract: linear, in: { x: 'data.x' } },
  { name: 'fault', contract: faulty(run), in: { x: 'net.y' } },
  { name: 'loss', contract: distance, in: { a: 'fault.y' } },
];

const faults: readonly (readonly [string, (x: ReturnType<typeof tf.tensor2d>) => unknown, string, RegExp])[] = [
  ['a wrong shape', (x) => x.reshape([3, 4]), 'FLOW_DEVICE_SHAPE', /expected: +float32 \[4, 3\]\n +got: +float32 \[3, 4\]/],
  ['a wrong type', (x) => x.toInt(), 'FLOW_DEVICE_SHAPE', /got: +int32 \[4, 3\]/],
  ['no tensor', () => undefined, 'FLOW_DEVICE_SHAPE', /got: +nothing/],
  ['an error of TensorFlow.js', (x) => tf.matMul(x, x), 'FLOW_DEVICE', /stage "fault" \(toy\/fault\) failed: .*inner shapes/i],
  ['no gradient', (x) => tf.sparseToDense(tf.range(0, x.size, 1, 'int32'), x.flatten(), [x.size]).reshape(x.shape), 'FLOW_DEVICE', /\[fault\].*cannot pass the operation SparseToDense: it has no gradient/],
  ['a gradient that is switched off', (x) => tf.topk(x, 3).values, 'FLOW_DEVICE', /\[fault\].*cannot pass the operation TopK: .*switched off[^]*withoutTape.*gather/],
];
for (const [what, run, code, message] of faults) {
  check(`${what} is an error with the stage's name, and leaves nothing behind`, () => withProgram(withFault(run), (program) => {
    for (let attempt = 0; attempt < 2; attempt++) {
      assert.throws(() => program.valueAndGradients(batch, 'loss.loss', ['net.y']), (error: FlowError) => error.code === code && message.test(error.describe()));
    }
  }));
}

test.run();
