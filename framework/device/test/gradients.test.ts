/** Numeric gradients of the operators that the system is built from, on every engine, for shapes that hide no mistake. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FlowError } from '../../errors/flow-error.js';
import { checkGradient, close, expectNoLeak, normalTensor, onEngines, toTensor } from '../../testing/index.js';
import { operatorCoverage, resizeByMatrices, tf, type EngineName, type Tensor } from '../index.js';
import { operatorTable } from '../operator-table.js';
import { gradientCases } from './gradient-cases.js';
import { recordDifferentiated } from './record-kernels.js';

type T4 = ReturnType<typeof tf.tensor4d>;

const check = onEngines(test, ['wasm', 'cpu', 'tensorflow', 'webgpu']);
const differentiated = recordDifferentiated();
for (const [name, f, inputs] of gradientCases) {
  check(name, () => expectNoLeak(async () => void (await checkGradient(f, inputs, { directions: 2 }))));
}

check('every operator of the table was differentiated above, or is fenced off', () => {
  const engine = tf.getBackend() as EngineName;
  const unchecked = operatorTable.filter(({ gradient, kernel }) => gradient !== 'fenced' && !differentiated(engine).has(kernel));
  assert.equal(unchecked.map(({ operator }) => operator), []);
});

check('the engine has every kernel of the table and its gradient', () => {
  const engine = tf.getBackend() as EngineName;
  const lacking = operatorCoverage([engine]).filter(({ engines, gradient }) => gradient !== 'fenced' && engines[engine]!.gradient === 'missing');
  assert.equal(lacking.map(({ operator }) => operator), []);
});

check('pooling over a border averages what is inside, both ways', () => tf.tidy(() => {
  const gradient = tf.grad((x) => tf.avgPool(x as T4, 2, 2, 'same').sum())(tf.ones([1, 3, 3, 1]));
  close(gradient, [0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.5, 0.5, 1]);
}));

check('gather with a batch axis reads from its own sample', () => tf.tidy(() => {
  const x = tf.range(0, 12).reshape([2, 3, 2]);
  close(tf.gather(x, tf.tensor2d([[2, 0, 2], [1, 1, 0]], [2, 3], 'int32'), 1, 1), [4, 5, 0, 1, 4, 5, 8, 9, 8, 9, 6, 7]);
}));

check('sums over every choice of axes', () => tf.tidy(() => {
  const host = normalTensor([2, 3, 4, 11]);
  const x = toTensor(host);
  for (const axes of [[0], [1], [2], [3], [0, 1], [1, 2], [0, 2], [1, 3], [0, 1, 2], [1, 2, 3], [0, 1, 2, 3]]) {
    const shape = host.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
    const expected = new Float64Array(shape.reduce((size, extent) => size * extent, 1));
    host.data.forEach((value, index) => {
      const place = [Math.floor(index / 132), Math.floor(index / 44) % 3, Math.floor(index / 11) % 4, index % 11];
      expected[place.reduce((offset, position, axis) => offset * shape[axis]! + (axes.includes(axis) ? 0 : position), 0)]! += value;
    });
    close(x.sum(axes, true), { dtype: 'float32', shape, data: Float32Array.from(expected) });
    close(x.sum(axes), expected);
  }
}));

check('tile repeats every axis', () => tf.tidy(() => {
  close(tf.tensor2d([[1, 2], [3, 4]]).tile([2, 3]), [1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4, 1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4]);
  close(tf.tensor1d([1, 2], 'int32').tile([2]), [1, 2, 1, 2]);
}));

check('resizeByMatrices is bilinear with half-pixel centres', () => tf.tidy(() => {
  const x = toTensor(normalTensor([2, 5, 7, 3]));
  close(resizeByMatrices(x, 9, 4), tf.image.resizeBilinear(x as T4, [9, 4], false, true), { rtol: 1e-5, atol: 1e-6 });
}));

/** One call of each fenced operator on the way of a gradient. */
const fenced: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  MirrorPad: (x) => tf.mirrorPad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], 'reflect'),
  Einsum: (x) => tf.einsum('bijc,cd->bijd', x, tf.ones([4, 2])),
  TopK: (x) => tf.topk(x, 2).values,
  Cumprod: (x) => tf.cumprod(x, 1),
  CropAndResize: (x) => tf.image.cropAndResize(x as T4, [[0, 0, 1, 1]], [0], [2, 2]),
  DepthToSpace: (x) => tf.depthToSpace(x as T4, 2, 'NHWC'),
  TensorScatterUpdate: (x) => tf.tensorScatterUpdate(x.flatten(), tf.tensor2d([[0]], [1, 1], 'int32'), tf.tensor1d([1])),
  RotateWithOffset: (x) => tf.image.rotateWithOffset(x as T4, 0.1),
  Transform: (x) => tf.image.transform(x as T4, tf.tensor2d([[1, 0, 0, 0, 1, 0, 0, 0]])),
};

check('what is fenced off is FLOW_DEVICE and says what to use', () => {
  const engine = tf.getBackend() as EngineName;
  for (const { kernel, operator } of operatorTable.filter(({ gradient }) => gradient === 'fenced')) {
    assert.ok(fenced[kernel], `no call of ${operator}`);
    // An engine may lack the kernel altogether.
    if (!tf.getKernel(kernel, engine)) continue;
    refused(() => tf.grad((x) => fenced[kernel]!(x).sum())(tf.ones([1, 4, 4, 4])), operator);
  }
});

check('batchNorm without offset or scale is refused on a tape, and runs beside it', () => {
  const norm = (x: Tensor): Tensor => tf.batchNorm(x, tf.zeros([4]) as never, tf.ones([4]) as never);
  refused(() => tf.grad((x) => norm(x).sum())(tf.ones([1, 4, 4, 4])), 'batchNorm');
  tf.tidy(() => close(norm(tf.ones([1, 1, 1, 4])), new Array<number>(4).fill(1 / Math.sqrt(1.001)), { rtol: 1e-5 }));
});

function refused(run: () => Tensor, what: string): void {
  try {
    tf.tidy(run);
  } catch (error) {
    assert.instance(error, FlowError, `${what}: ${String(error)}`);
    assert.is((error as FlowError).code, 'FLOW_DEVICE');
    assert.match((error as FlowError).message, what);
    assert.ok((error as FlowError).fields.cure);
    return;
  }
  assert.unreachable(`${what} was differentiated`);
}

check('a product of wrong shapes is refused', () => tf.tidy(() => {
  assert.throws(() => tf.matMul(tf.ones([2, 3]), tf.ones([2, 3])), /inner|size-incompatible|In\[0\]/i);
}));

test.run();
