/** What is particular to the engine tensorflow; the operator tests hold for it as for every engine. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { close, expectNoLeak, normalTensor, onEngines, toTensor } from '../../testing/index.js';
import { defineKernel, sparseMatMul, tensorflowLoops, tf, useEngine, type SparseMatrix, type Tensor } from '../index.js';

const check = onEngines(test, ['tensorflow']);
const nativeTensors = (): number => (tf.backend() as unknown as { getNumOfTFTensors(): number }).getNumOfTFTensors();
const numbersOf = (tensor: Tensor): number[] => Array.from(tensor.dataSync());

check('it shares the one registry of TensorFlow.js, and other engines stay usable', async () => {
  const before = tf.tensor1d([1, 2, 3]);
  await useEngine('cpu');
  assert.equal(tf.tidy(() => numbersOf(before.add(1))), [2, 3, 4]);
  await useEngine('tensorflow');
  assert.equal(tf.tidy(() => numbersOf(before.add(1))), [2, 3, 4]);
  before.dispose();
});

check('a reshaped tensor lives on when the first is gone, whether or not it was computed', () => expectNoLeak(() => {
  const native = nativeTensors();
  for (const first of [tf.tensor1d([1, 2, 3, 4]), tf.tidy(() => tf.tensor1d([0, 1, 2, 3]).add(1))]) {
    const second = first.reshape([2, -1]);
    first.dispose();
    assert.equal(second.shape, [2, 2]);
    assert.equal(tf.tidy(() => numbersOf(second.mul(2))), [2, 4, 6, 8]);
    second.dispose();
  }
  assert.is(nativeTensors(), native);
  assert.throws(() => tf.tidy(() => tf.engine().runKernel('Reshape', { x: tf.ones([3]) }, { shape: [2] } as never)), /must match/);
}));

check('the same call gives the same bits', async () => {
  const [image, filter, matrix] = [normalTensor([3, 23, 17, 16], 1, 0), normalTensor([3, 3, 16, 32], 1, 1), normalTensor([32, 700], 1, 2)].map(toTensor);
  const segments = tf.tensor1d(Array.from({ length: 3 * 23 * 17 }, (_, index) => (index * 7) % 11), 'int32');
  const bits = (): string => tf.tidy(() => {
    const slopes = tf.grads((x, f, m) => {
      const y = tf.relu(tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, 'same')).reshape([-1, 32]);
      return tf.unsortedSegmentSum(tf.matMul(y, m!).square(), segments, 11).sum();
    })([image!, filter!, matrix!]);
    return slopes.map((slope) => Buffer.from(slope.dataSync().buffer).toString('base64')).join();
  });
  const first = bits();
  for (let repetition = 0; repetition < 5; repetition++) assert.ok(bits() === first);
  tf.dispose([image!, filter!, matrix!, segments]);
});

check('kernels on typed arrays read what is on the host, what was computed, and integers', () => expectNoLeak(() => {
  const native = nativeTensors();
  tf.tidy(() => {
    const [onHost, computed, places] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([1, 1, 1]).mul(4), tf.tensor1d([2, 0], 'int32')];
    const [sum, picked] = pick([onHost, computed, places], {});
    assert.equal(numbersOf(sum!), [5, 6, 7]);
    assert.equal([picked!.dtype, numbersOf(picked!)], ['int32', [20, 0]]);
    assert.equal(numbersOf(sum!.add(1)), [6, 7, 8]);
  });
  assert.is(nativeTensors(), native);
}));

check('step of NaN is NaN or 0, never 1', () => tf.tidy(() => {
  const step = tf.step(tf.tensor1d([-2, 0, 3, Number.NaN]));
  assert.equal(numbersOf(step).slice(0, 3), [0, 0, 1]);
  assert.is.not(numbersOf(step)[3], 1);
  assert.equal(numbersOf(tf.step(tf.tensor1d([-1, 1]), 0.5)), [0.5, 1]);
}));

/** A ring: every vertex has two neighbours. Symmetric. */
function ring(rows: number): SparseMatrix {
  const columns = Array.from({ length: rows }, (_, row) => [(row + rows - 1) % rows, (row + 1) % rows]).flat();
  return {
    rows, columns: rows, rowPointers: Int32Array.from({ length: rows + 1 }, (_, row) => 2 * row), columnIndices: Int32Array.from(columns),
    values: Float32Array.from(columns, (_, entry) => 0.3 + 0.01 * ((entry * 5) % 7)),
  };
}

check('Chebyshev polynomials of a sparse matrix against the recurrence', () => expectNoLeak(() => tf.tidy(() => {
  const matrix = ring(13);
  for (const [channels, terms] of [[1, 1], [3, 2], [21, 4]] as const) {
    const x = toTensor(normalTensor([3, 13, channels], 2, channels));
    const powers: Tensor[] = [x];
    for (let k = 1; k < terms; k++) {
      const next = sparseMatMul(matrix, powers[k - 1]!);
      powers.push(k === 1 ? next : next.mul(2).sub(powers[k - 2]!));
    }
    const basis = tensorflowLoops.chebyshevBasis(matrix, x, terms);
    close(basis.dataSync(), tf.concat(powers, 2).dataSync(), { rtol: 1e-5, atol: 1e-5 });
    const z = toTensor(normalTensor([3, 13, channels * terms], 3, channels));
    const blocks = tf.split(z, terms, 2).map((block, k) => {
      let [older, power] = [block, block];
      for (let step = 1; step <= k; step++) [older, power] = [power, step === 1 ? sparseMatMul(matrix, power) : sparseMatMul(matrix, power).mul(2).sub(older)];
      return power;
    });
    close(tensorflowLoops.chebyshevSum(matrix, z, terms).dataSync(), tf.addN(blocks).dataSync(), { rtol: 1e-5, atol: 1e-5 });
  }
  assert.throws(() => tensorflowLoops.chebyshevBasis(matrix, tf.ones([2, 12, 3]), 3), /square matrix/);
  assert.throws(() => tensorflowLoops.chebyshevSum(matrix, tf.ones([2, 13, 3]), 2), /square matrix/);
})));

check('an update of Adam and a norm against float64', () => expectNoLeak(() => tf.tidy(() => {
  const numbers = { scale: 0.5, rate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, root2: 3 };
  const size = 70_000;
  const hosts = [0, 1, 2, 3].map((index) => normalTensor([size], 4, index).data.map((value) => (index === 2 ? value * value : value)));
  const [weight, first, second, gradient] = hosts.map((data) => tf.tensor1d(data as Float32Array)) as [Tensor, Tensor, Tensor, Tensor];
  const made = tensorflowLoops.adam([weight, first, second, gradient], numbers).map((tensor) => tensor.dataSync());
  const expected = [0, 1, 2].map(() => new Float64Array(size));
  for (let index = 0; index < size; index++) {
    const slope = hosts[3]![index]! * numbers.scale;
    expected[1]![index] = 0.9 * hosts[1]![index]! + 0.1 * slope;
    expected[2]![index] = 0.999 * hosts[2]![index]! + 0.001 * slope * slope;
    expected[0]![index] = hosts[0]![index]! - (numbers.rate * expected[1]![index]!) / (Math.sqrt(expected[2]![index]!) * numbers.root2 + numbers.epsilon);
  }
  made.forEach((values, place) => close(values, expected[place]!, { rtol: 1e-5, atol: 1e-6 }));
  close(tensorflowLoops.norm(gradient).dataSync(), [Math.sqrt((hosts[3] as Float32Array).reduce((sum, value) => sum + value * value, 0))], { rtol: 1e-6, atol: 0 });
  // The square of 1e30 is no float32.
  close(tensorflowLoops.norm(tf.tensor1d([3e30, 4e30])).dataSync(), [5e30], { rtol: 1e-6, atol: 0 });
  assert.throws(() => tensorflowLoops.adam([weight, first, second, tf.ones([3])], numbers), /different sizes/);
})));

check('bias and relu after a convolution are those of the operations', () => expectNoLeak(() => tf.tidy(() => {
  const [x, filter, bias] = [normalTensor([2, 9, 7, 3], 5, 0), normalTensor([3, 3, 3, 37], 5, 1), normalTensor([37], 5, 2)].map(toTensor) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor1D];
  for (const activation of ['linear', 'relu', 'elu'] as const) {
    const plain = tf.conv2d(x, filter, 2, 'same').add(bias);
    const expected = activation === 'linear' ? plain : activation === 'relu' ? plain.relu() : plain.elu();
    close(tf.fused.conv2d({ x, filter, strides: 2, pad: 'same', bias, activation }).dataSync(), expected.dataSync());
  }
  const spoilt = tf.fused.conv2d({ x: tf.fill([1, 1, 1, 3], Number.NaN) as tf.Tensor4D, filter, strides: 1, pad: 'same', bias, activation: 'relu' });
  assert.ok(numbersOf(spoilt).every(Number.isNaN), 'NaN does not become 0');
})));

check('an array of another size is refused by the addon', () => tf.tidy(() => {
  const { binding, getInputTensorIds } = tf.backend() as unknown as {
    binding: { readInto(id: number, array: Float32Array): void; createFrom(shape: number[], type: number, array: Float32Array): number };
    getInputTensorIds(tensors: Tensor[]): number[];
  };
  const [id] = getInputTensorIds.call(tf.backend(), [tf.ones([3])]);
  assert.throws(() => binding.readInto(id!, new Float32Array(4)), /another size/);
  assert.throws(() => binding.createFrom([2, 2], 1, new Float32Array(3)), /does not fill the shape/);
  assert.throws(() => binding.readInto(-1, new Float32Array(3)), /takes a tensor/);
}));

const pick = defineKernel<object>({
  name: 'test/pick',
  inputs: ['a', 'b', 'places'],
  outputs: ([a, , places]) => [{ shape: a!.shape, dtype: 'float32' }, { shape: places!.shape, dtype: 'int32' }],
  compute: ([a, b, places], [sum, picked]) => {
    a!.data.forEach((value, index) => (sum!.data[index] = value + b!.data[index]!));
    places!.data.forEach((place, index) => (picked!.data[index] = 10 * place));
  },
});

test.run();
