/** What of the webgpu engine needs no adapter, and, where one is present, what only the real one shows. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defineDevice, tensor, Type, type FlowError } from '../../index.js';
import { implementDevice } from '../../plugin/define.js';
import { close, expectNoLeak, onEngines } from '../../testing/index.js';
import { insideSection } from '../section-fence.js';
import { DeviceProgram, tf, upload, VariableStore } from '../index.js';
import { knownValues } from '../host-values.js';
import { packNumbers } from '../webgpu/shader.js';
import { repairReading } from '../webgpu/read-back.js';
import { linear, toyBatch, toyPlan } from './toy-section.js';

const refusal = (run: () => unknown): FlowError => {
  try {
    run();
  } catch (error) {
    return error as FlowError;
  }
  return assert.unreachable() as never;
};

/** A backend of one tensor [2] whose buffer is mapped after `waits` rounds of events. */
function stubBackend(waits: number) {
  const listeners: ((event: object) => void)[] = [];
  let rounds = 0;
  const staging = {
    size: 8,
    get mapState() {
      return rounds >= waits ? 'mapped' : 'pending';
    },
    mapAsync: () => Promise.resolve(), getMappedRange: () => Float32Array.of(3, 4).buffer, unmap: () => undefined,
  };
  const data = { dtype: 'float32', shape: [2], values: null as Float32Array | null, resource: { size: 8 } };
  const backend = {
    device: { lost: new Promise(() => undefined), addEventListener: (_type: string, listener: (event: object) => void) => listeners.push(listener) },
    tensorMap: { get: () => data },
    bufferManager: { acquireBuffer: () => staging, releaseBuffer: () => undefined },
    commandEncoder: { copyBufferToBuffer: () => undefined },
    uploadToGPU: () => undefined, ensureCommandEncoderReady: () => undefined, endComputePassEncoder: () => undefined, submitQueue: () => undefined,
    read: () => Promise.resolve(Float32Array.of(3, 4)), readSync: (): Float32Array => assert.unreachable() as never,
  };
  repairReading(backend as never, () => void rounds++);
  return { backend, data, rounds: () => rounds, report: (message: string) => listeners.forEach((listener) => listener({ error: { message } })) };
}

test('a synchronous read waits for the device outside a section, and is an error inside one', () => {
  const { backend, data, rounds } = stubBackend(3);
  const error = refusal(() => insideSection(() => backend.readSync.call(backend)));
  assert.is(error.code, 'FLOW_DEVICE');
  assert.match(error.message, /tensor \[2\] is read back .* inside a device section/);
  assert.is(rounds(), 0, 'nothing was waited for');
  assert.equal([...backend.readSync.call(backend)], [3, 4]);
  assert.is(rounds(), 3);
  assert.equal([...insideSection(() => backend.readSync.call(backend))], [3, 4], 'what the host has may be read anywhere');
  assert.ok(data.values);
});

test('the fence is open again after a section that failed', () => {
  assert.throws(() => insideSection(() => {
    throw new RangeError('stage');
  }), 'stage');
  assert.equal([...stubBackend(0).backend.readSync()], [3, 4]);
});

test('what the device reports late is thrown once, by the next read', async () => {
  const { backend, report } = stubBackend(0);
  report('out of memory');
  report('and the consequences');
  const error = await backend.read().then(() => assert.unreachable() as never, (caught: FlowError) => caught);
  assert.match(error.message, /out of memory/);
  assert.equal([...(await backend.read())], [3, 4]);
});

test('numbers are packed as the shader declares them: extents, integers, floats', () => {
  const bytes = packNumbers({ results: [], integers: { size: 7 }, numbers: { rate: 0.5, shift: -2 }, passes: [{ code: '', count: 5 }, { code: '', count: 1 }] });
  assert.equal([...new Int32Array(bytes, 0, 3)], [5, 1, 7]);
  assert.equal([...new Float32Array(bytes, 12)], [0.5, -2]);
});

test('the host remembers int32 tensors that it uploaded, under every shape, and no others', () => {
  const backend = { tensorMap: { get: () => ({ values: null }) }, readSync: () => assert.unreachable() as never };
  tf.tidy(() => {
    const triangles = upload({ dtype: 'int32', shape: [2, 3], data: Int32Array.of(0, 1, 2, 2, 1, 3) });
    const values = knownValues(backend, triangles);
    assert.equal([...values!], [0, 1, 2, 2, 1, 3]);
    assert.is(knownValues(backend, triangles.reshape([6])), values, 'the same array object');
    assert.is(knownValues(backend, upload({ dtype: 'float32', shape: [1], data: Float32Array.of(1) })), undefined);
  });
});

/** Reads back in the middle of a section. */
const impatient = defineDevice({
  summary: 'Reads back.', version: 1, options: Type.Object({}, { additionalProperties: false }),
  in: { x: tensor('float32', [3], 'feature') }, out: { y: tensor('float32', [3], 'feature') },
  load: async (): Promise<object> => ({ stage: implementDevice(impatient, { build: () => ({ run: ({ x }) => ({ y: x.mul(x.square().dataSync()[0]!) }) }) }) }),
});

const check = onEngines(test, ['webgpu']);

check('a stage that reads back is named, with its place', () => expectNoLeak(async () => {
  const variables = new VariableStore(7);
  const stages = [{ name: 'first', contract: linear, in: { x: 'data.x' } }, { name: 'hasty', contract: impatient, in: { x: 'first.y' } }];
  const program = await DeviceProgram.build({ ...toyPlan(stages), resources: new Map(), variables, seed: 7 });
  const error = refusal(() => program.forward(toyBatch(['a', 'b']), ['hasty.y']));
  assert.match(error.message, /"hasty" .*inside a device section/);
  assert.is(error.fields.where?.file, 'toy.yaml');
  variables.dispose();
}));

check('reading at once and reading later give the same', async () => {
  const product = tf.tidy(() => tf.matMul(tf.ones([3, 40]), tf.fill([40, 5], 0.25)));
  close(product, new Array<number>(15).fill(10));
  const copy = product.mul(2);
  close(await copy.data(), new Array<number>(15).fill(20));
  tf.dispose([product, copy]);
});

check('sine and cosine are as good as in float32 elsewhere', async () => {
  const angles = Float32Array.from({ length: 4001 }, (_, index) => (index - 2000) * 0.0123);
  const [sine, cosine] = tf.tidy(() => [tf.sin(tf.tensor1d(angles)), tf.cos(tf.tensor1d(angles))] as const);
  close(await sine.data(), angles.map(Math.sin), { rtol: 0, atol: 3e-7 });
  close(await cosine.data(), angles.map(Math.cos), { rtol: 0, atol: 3e-7 });
  tf.dispose([sine, cosine]);
});

check('more terms are added than a kernel can name', async () => {
  for (const count of [1, 6, 7, 13, 40]) {
    const [sum, slope] = tf.tidy(() => {
      const terms = Array.from({ length: count }, (_, index) => tf.fill([2, 3], index + 1));
      return [tf.addN(terms), tf.grads((...values: tf.Tensor[]) => tf.addN(values).square())(terms).at(-1)!] as const;
    });
    const total = (count * (count + 1)) / 2;
    close(await sum.data(), new Array<number>(6).fill(total));
    close(await slope.data(), new Array<number>(6).fill(2 * total));
    tf.dispose([sum, slope]);
  }
});

check('memory of the device is flat over repeated work', () => {
  const work = (): void => tf.tidy(() => void tf.grad((x) => tf.matMul(x as never, x as never).square().sum())(tf.ones([32, 32])).dataSync());
  for (let round = 0; round < 3; round++) work();
  const allocated = (): number => (tf.memory() as unknown as { numBytesAllocatedInGPU: number }).numBytesAllocatedInGPU;
  const before = allocated();
  for (let round = 0; round < 10; round++) work();
  assert.is(allocated(), before);
});

test.run();
