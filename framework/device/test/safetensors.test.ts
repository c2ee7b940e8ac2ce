import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeSafetensors, encodeSafetensors } from '../safetensors.js';
import { fromHalf, fromHalves, toHalf } from '../float16.js';
import { float32, int32, uint8 } from '../../values/host-tensor.js';

test('all types read back, unaligned ones too', () => {
  const tensors = new Map([
    ['flags', uint8([1, 2, 255], [3])], ['x', float32([1.5, -2e-30, Infinity], [1, 3])], ['i', int32([7, -8], [2])],
    ['empty', float32([], [0, 4])], ['scalar', float32([3], [])],
  ]);
  assert.equal([...decodeSafetensors(encodeSafetensors(tensors, { a: 'b' })).tensors], [...tensors]);
});

test('bytes laid out by hand from the format description read', () => {
  const header = '{"a":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]}}';
  const bytes = Buffer.concat([Buffer.from([header.length, 0, 0, 0, 0, 0, 0, 0]), Buffer.from(header), Buffer.from([0x00, 0x3c, 0x00, 0x40])]);
  assert.equal(decodeSafetensors(bytes).tensors.get('a'), float32([1, 2], [1, 2]));
});

test('float16 halves the bytes, within one part in 2048', () => {
  const data = Float32Array.from({ length: 1000 }, (_, index) => Math.sin(index) * 10 ** ((index % 9) - 4));
  const bytes = encodeSafetensors(new Map([['x', float32(data, [1000])]]), {}, { float16: true });
  assert.ok(bytes.length < 2100);
  const back = decodeSafetensors(bytes).tensors.get('x')!.data;
  data.forEach((value, index) => assert.ok(Math.abs(back[index]! - value) <= Math.max(Math.abs(value) / 2048, 2 ** -25), `${value} ${back[index]}`));
});

test('every half is its own nearest half', () => {
  for (let half = 0; half < 65536; half++) {
    const value = fromHalf(half);
    if (Number.isNaN(value)) assert.ok(Number.isNaN(fromHalf(toHalf(value))));
    else assert.is(toHalf(value), half);
  }
  assert.is(toHalf(65520), 0x7c00);
  assert.is(toHalf(1 + 1 / 2048), 0x3c00);
  assert.is(toHalf(1 + 3 / 2048), 0x3c02);
});

const withHeader = (header: object, body = 4): Buffer => {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(body)]);
};
const entry = (changes: object = {}): object => ({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...changes } });
for (const [reason, bytes, message] of [
  ['a header past the end', Buffer.from([255, 255, 255, 255, 255, 255, 255, 127]), /past the end/],
  ['offsets past the end', withHeader(entry({ data_offsets: [0, 8], shape: [2] })), /does not fit/],
  ['a shape that does not fit', withHeader(entry({ shape: [3] })), /does not fit/],
  ['negative extents', withHeader(entry({ shape: [-1] })), /malformed/],
  ['an unknown type', withHeader(entry({ dtype: 'F64' })), /has the type F64/],
  ['bytes that belong to nobody', withHeader(entry(), 8), /4 bytes follow/],
  ['overlapping tensors', withHeader({ ...entry(), b: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }), /belong to no tensor, or to two/],
] as const) {
  test('the table of halves holds what each of them stands for', () => {
  const halves = Uint16Array.from({ length: 2 ** 16 }, (_, half) => half);
  assert.equal([...fromHalves(halves)], [...halves].map((half) => Math.fround(fromHalf(half))));
});

test(`refused: ${reason}`, () => assert.throws(() => decodeSafetensors(bytes), message));
}

test.run();
