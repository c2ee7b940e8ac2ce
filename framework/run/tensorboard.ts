/**
 * TensorBoard event files: TFRecord framing around `Event` messages, written without TensorFlow.
 *
 * A record is: length (uint64 LE), masked CRC32C of those 8 bytes, the data, masked CRC32C of the data. Fields used
 * (tensorflow/core/util/event.proto and summary.proto): Event { wall_time = 1 double, step = 2 int64, file_version = 3
 * string, summary = 5 }, Summary { value = 1 }, Value { tag = 1 string, simple_value = 2 float }.
 */
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1;
  return remainder >>> 0;
});

/** CRC-32C (Castagnoli polynomial, reflected), as RFC 3720 defines it. */
export function crc32c(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) remainder = (remainder >>> 8) ^ crcTable[(remainder ^ byte) & 0xff]!;
  return ~remainder >>> 0;
}

/** TFRecord's mask: rotate right by 15 bits and add a constant, so that a CRC of data holding CRCs stays useful. */
export function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** The first record of an event file. */
export function fileVersionRecord(wallTime: number): Uint8Array {
  return frameRecord(Buffer.concat([doubleField(1, wallTime), bytesField(3, Buffer.from('brain.Event:2'))]));
}

/** One record with the scalars of a step. `wallTime` in seconds since 1970. */
export function scalarsRecord(step: number, scalars: Readonly<Record<string, number>>, wallTime: number): Uint8Array {
  const values = Object.entries(scalars).map(([tag, value]) =>
    bytesField(1, Buffer.concat([bytesField(1, Buffer.from(tag)), floatField(2, value)])));
  return frameRecord(Buffer.concat([
    doubleField(1, wallTime), varintField(2, step), bytesField(5, Buffer.concat(values)),
  ]));
}

function frameRecord(data: Uint8Array): Uint8Array {
  const record = Buffer.alloc(16 + data.length);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(maskedCrc(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedCrc(data), 12 + data.length);
  return record;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

function tagOf(field: number, wireType: number): Buffer {
  return varint(field * 8 + wireType);
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([tagOf(field, 0), varint(value)]);
}

function doubleField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([tagOf(field, 1), bytes]);
}

function floatField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([tagOf(field, 5), bytes]);
}

function bytesField(field: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([tagOf(field, 2), varint(bytes.length), bytes]);
}
