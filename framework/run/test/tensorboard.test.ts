import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crc32c, fileVersionRecord, maskedCrc, scalarsRecord } from '../tensorboard.js';
import { readEvents } from './read-events.js';

test('CRC-32C has the values of RFC 3720, appendix B.4', () => {
  assert.is(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.is(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assert.is(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e);
  assert.is(crc32c(Buffer.from('123456789')), 0xe3069283);
});

test('the mask is that of TFRecord', () => {
  const crc = 0xe3069283;
  assert.is(maskedCrc(Buffer.from('123456789')), ((((crc >>> 15) | (crc << 17)) >>> 0) + 0xa282ead8) % 2 ** 32);
});

test('an independent reader finds what was written', () => {
  const events = readEvents(Buffer.concat([
    fileVersionRecord(1000.5), scalarsRecord(1, { 'train/loss.value': 0.75, 'train/ü': -3 }, 1001.25), scalarsRecord(300_000, { nan: NaN }, 1002),
  ]));
  assert.equal(events[0], { wallTime: 1000.5, step: 0, version: 'brain.Event:2', scalars: {} });
  assert.equal(events[1], { wallTime: 1001.25, step: 1, version: undefined, scalars: { 'train/loss.value': 0.75, 'train/ü': -3 } });
  assert.is(events[2]!.step, 300_000);
  assert.ok(Number.isNaN(events[2]!.scalars['nan']));
});

test('a flipped bit is noticed', () => {
  const bytes = Buffer.from(scalarsRecord(1, { a: 1 }, 2));
  for (const at of [0, 9, 14, bytes.length - 1]) {
    const broken = Buffer.from(bytes);
    broken[at]! ^= 4;
    assert.throws(() => readEvents(broken));
  }
});

test.run();
