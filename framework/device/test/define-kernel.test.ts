import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkGradient, close, expectNoLeak, normalTensor, onEngines, toTensor } from '../../testing/index.js';
import { defineKernel, tf, useEngine, type Tensor } from '../index.js';

/** [Σ x·w, x²] with gradients from saved inputs and saved outputs. */
const pair = defineKernel<{ readonly power: number }>({
  name: 'test/pair',
  inputs: ['x', 'w'],
  outputs: ([x]) => [{ shape: [], dtype: 'float32' }, { shape: x!.shape, dtype: 'float32' }],
  compute: ([x, w], [sum, exponential], { power }) => {
    x!.data.forEach((value, index) => {
      sum!.data[0]! += value * w!.data[index]!;
      exponential!.data[index] = Math.exp(power * value);
    });
  },
  wgsl: ({ inputs: [x], attributes: { power } }) => {
    const size = x!.shape.reduce((product, extent) => product * extent, 1);
    return {
      results: ['total', 'exponential'],
      integers: { size },
      numbers: { power },
      scratch: { products: { type: 'f32', size } },
      passes: [
        { count: size, code: 'fn run(at: i32) { products[at] = x[at] * w[at]; exponential[at] = exp(u.power * x[at]); }' },
        { count: 1, code: 'fn run(at: i32) { total[0] = 0.0; for (var i = 0; i < u.size; i++) { total[0] += products[i]; } }' },
      ],
    };
  },
  savesOutputs: true,
  gradient: ([dSum, dExponential], { inputs: [x, w], outputs: [, exponential] }, { power }) => [
    w!.mul(dSum!).add(dExponential!.mul(exponential!).mul(power)), x!.mul(dSum!),
  ],
});

/** Without a gradient. */
const counts = defineKernel<object>({
  name: 'test/counts', inputs: ['x'], outputs: () => [{ shape: [2], dtype: 'int32' }],
  compute: ([x], [result]) => x!.data.forEach((value) => result!.data[value > 0 ? 1 : 0]!++),
  wgsl: ({ inputs: [x] }) => ({
    results: ['result'],
    scratch: { tally: { type: 'atomic<i32>', size: 2 } },
    passes: [
      { count: x!.shape[0]!, code: 'fn run(at: i32) { atomicAdd(&tally[select(0, 1, x[at] > 0.0)], 1); }' },
      { count: 2, code: 'fn run(at: i32) { result[at] = atomicLoad(&tally[at]); }' },
    ],
  }),
});

/** Gradient null for the second input; only the second input is saved. */
const shifted = defineKernel<object>({
  name: 'test/shifted', inputs: ['x', 'shift'], outputs: ([x]) => [{ shape: x!.shape, dtype: 'float32' }],
  compute: ([x, shift], [result]) => x!.data.forEach((value, index) => (result!.data[index] = value * shift!.data[0]!)),
  wgsl: ({ inputs: [x] }) => ({ results: ['result'], passes: [{ count: x!.shape[0]!, code: 'fn run(at: i32) { result[at] = x[at] * shift[0]; }' }] }),
  savesInputs: ['shift'],
  gradient: ([dy], { inputs }) => {
    assert.is(inputs[0], undefined);
    return [dy!.mul(inputs[1]!), null];
  },
});

const check = onEngines(test);

check('values and gradients of two outputs, whichever are used', () => expectNoLeak(async () => {
  const inputs = [[2, 3], [2, 3]] as const;
  await checkGradient((x, w) => pair([x!, w!], { power: 0.5 }), inputs);
  await checkGradient((x, w) => pair([x!, w!], { power: 0.5 })[1]!, inputs);
  await checkGradient((x, w) => pair([x!, w!], { power: 0.5 })[0]!, inputs);
}));

check('a kernel without a gradient is a constant of the tape', () => tf.tidy(() => {
  const x = toTensor(normalTensor([6]));
  const gradient = tf.grad((y) => y.mul(counts([y], {})[0]!.sum().toFloat()).sum())(x);
  close(gradient, [6, 6, 6, 6, 6, 6]);
}));

check('a null gradient is zero, and inputs that are not saved are absent', () => tf.tidy(() => {
  const [dx, dShift] = tf.grads((x, shift) => shifted([x!, shift!], {})[0]!.sum())([tf.ones([4]), tf.tensor1d([3])]);
  close(dx!, [3, 3, 3, 3]);
  close(dShift!, [0]);
}));

test('an engine that a kernel has no form for says so', async () => {
  const onlyHost = defineKernel<object>({ name: 'test/only-host', inputs: ['x'], outputs: ([x]) => [x!], compute: () => undefined });
  const { kernelFunc } = tf.getKernel('test/only-host', 'webgpu');
  assert.type(onlyHost, 'function');
  assert.throws(() => kernelFunc({ inputs: {}, backend: {}, attrs: {} } as never), /"test\/only-host" has no form for webgpu/);
});

test('views stay whole when the heap of wasm moves', () => expectNoLeak(async () => {
  await useEngine('wasm');
  // 5 MB each: the heap of 16 MiB must grow between the calls, and within them.
  const size = 1_200_000;
  tf.tidy(() => {
    const results: Tensor[] = [];
    for (let call = 1; call <= 4; call++) results.push(shifted([tf.fill([size], call), tf.tensor1d([2])], {})[0]!);
    results.forEach((result, index) => close(result.slice([size - 1], [1]), [2 * (index + 1)]));
  });
}));

test.run();
