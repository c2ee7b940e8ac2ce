import { isDeepStrictEqual } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bytesOf, MemoryLayer } from '../memory-layer.js';
import { decode, encode } from '../encode.js';
import { digestOf } from '../digest.js';
import { float32, int32, uint8 } from '../../values/host-tensor.js';

const values: readonly unknown[] = [
  null, true, 'text', 1.5, -0, NaN, Infinity, undefined, [], {}, [undefined, [1]], { a: { b: [null] } },
  { $: 'Float32Array', at: 0 }, float32([1, NaN, -0], [3]), int32([1, 2], [2, 1]), uint8([1, 2, 3], [3]), float32([], [0, 4]),
  { boxes: [new Float64Array([1, 2]), new Uint8Array([7])], at: new BigInt64Array([5n]) },
];

test('values come back as they were', () => {
  for (const value of values) assert.ok(isDeepStrictEqual(decode(encode(value)), value));
});

test('a view of a part is stored as that part', () => {
  const part = new Float32Array([1, 2, 3, 4]).subarray(1, 3);
  const back = decode(encode(part)) as Float32Array;
  assert.equal([...back], [2, 3]);
  assert.is(back.buffer.byteLength, 8);
});

test('what was decoded owns its memory', () => {
  const bytes = encode(float32([1, 2], [2]));
  const back = decode(bytes) as { data: Float32Array };
  bytes.fill(0);
  assert.equal([...back.data], [1, 2]);
});

test('an array that takes most of the memory is a view of it, the others own theirs', () => {
  const large = new Float32Array(1000).map((_, index) => index);
  const bytes = encode({ large, small: new Float32Array([1, 2]) });
  const within = new Uint8Array(2 * bytes.length); // of a view, most of what lies behind it counts
  within.set(bytes);
  const back = decode(bytes) as { large: Float32Array; small: Float32Array };
  const part = decode(within.subarray(0, bytes.length)) as { large: Float32Array };
  assert.is(back.large.buffer, bytes.buffer);
  assert.equal(back.large, large);
  assert.is(back.small.buffer.byteLength, 8);
  assert.is(part.large.buffer.byteLength, 4000);
  const odd = new Uint8Array(bytes.length + 1);
  odd.set(bytes, 1);
  assert.equal((decode(odd.subarray(1)) as { large: Float32Array }).large, large);
});

test('equal values have one digest, whatever the order of keys; others do not', () => {
  assert.is(digestOf({ a: 1, b: float32([1], [1]) }), digestOf({ b: float32([1], [1]), a: 1 }));
  const digests = values.map((value) => digestOf(value));
  assert.is(new Set(digests).size, values.length);
  assert.is.not(digestOf(float32([1, 2], [2])), digestOf(float32([1, 2], [1, 2])));
});

test('what is no plain data is refused by its path', () => {
  assert.throws(() => encode({ a: [new Map()] }), /\.a\[0\] is neither JSON nor a typed array/);
  assert.throws(() => encode({ run: () => 1 }), /\.run is neither/);
});

test('damaged bytes throw instead of giving wrong values', () => {
  const bytes = encode(float32([1, 2, 3, 4], [4]));
  assert.throws(() => decode(bytes.subarray(0, bytes.length - 8)), /end too early/);
});

test('the layer in memory stays within its bound and keeps what was used last', () => {
  const one = (): Float32Array => new Float32Array(100);
  const layer = new MemoryLayer<Float32Array>(3 * bytesOf(one()));
  for (const key of ['a', 'b', 'c']) layer.set(key, one());
  layer.get('a');
  layer.set('d', one());
  assert.equal(['a', 'b', 'c', 'd'].map((key) => layer.get(key) !== undefined), [true, false, true, true]);
  assert.ok(layer.bytes <= 3 * bytesOf(one()));
  layer.set('huge', new Float32Array(10_000));
  assert.is(layer.get('huge'), undefined);
  assert.ok(layer.get('d'));
});

test.run();
