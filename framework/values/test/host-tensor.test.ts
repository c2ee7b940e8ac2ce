import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { float32, int32, isHostTensor, sizeOf, uint8 } from '../host-tensor.js';

test('a tensor refuses data that does not fill its shape', () => {
  assert.throws(() => float32([1, 2, 3], [2, 2]), /shape \[2, 2\] holds 4 elements, got 3/);
  assert.throws(() => int32([1], [2]), /got 1/);
  assert.throws(() => uint8([], [1]), /got 0/);
});

test('a scalar has one element, an empty axis none', () => {
  assert.is(sizeOf([]), 1);
  assert.is(sizeOf([3, 0, 2]), 0);
});

test('host tensors are told from other objects', () => {
  assert.ok(isHostTensor(float32([1], [])));
  assert.not.ok(isHostTensor({ dtype: 'float32', shape: [], data: [1] }));
  assert.not.ok(isHostTensor(null));
});

test.run();
