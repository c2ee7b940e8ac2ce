/** An event-file reader written from the format's description, apart from the writer: bitwise CRC, generic protobuf. */
export interface ReadEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly version?: string;
  readonly scalars: Record<string, number>;
}

type Field = { readonly number: number; readonly value: bigint | number | Buffer };

/** Throws when a length or a CRC is wrong. */
export function readEvents(bytes: Buffer): ReadEvent[] {
  const events: ReadEvent[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = Number(bytes.readBigUInt64LE(at));
    checkCrc(bytes.subarray(at, at + 8), bytes.readUInt32LE(at + 8));
    const data = bytes.subarray(at + 12, at + 12 + length);
    checkCrc(data, bytes.readUInt32LE(at + 12 + length));
    events.push(parseEvent(data));
    at += 16 + length;
  }
  return events;
}

function checkCrc(data: Buffer, stored: number): void {
  const crc = bitwiseCrc(data);
  const unmasked = (stored - 0xa282ead8) >>> 0;
  const expected = ((unmasked >>> 17) | (unmasked << 15)) >>> 0;
  if (crc !== expected) throw new Error(`CRC is ${expected.toString(16)}, data gives ${crc.toString(16)}`);
}

function bitwiseCrc(data: Buffer): number {
  let crc = 0xffffffffn;
  for (const byte of data) {
    for (let bit = 0; bit < 8; bit++) {
      const mixed = (crc ^ BigInt((byte >> bit) & 1)) & 1n;
      crc = (crc >> 1n) ^ (mixed ? 0x82f63b78n : 0n);
    }
  }
  return Number(crc ^ 0xffffffffn);
}

function parseFields(data: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = data[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < data.length) {
    const tag = Number(varint());
    const [number, wireType] = [tag >> 3, tag & 7];
    if (wireType === 0) fields.push({ number, value: varint() });
    else if (wireType === 1) fields.push({ number, value: data.readDoubleLE((at += 8) - 8) });
    else if (wireType === 5) fields.push({ number, value: data.readFloatLE((at += 4) - 4) });
    else if (wireType === 2) {
      const length = Number(varint());
      fields.push({ number, value: data.subarray(at, (at += length)) });
    } else throw new Error(`wire type ${wireType}`);
  }
  return fields;
}

function parseEvent(data: Buffer): ReadEvent {
  const fields = parseFields(data);
  const find = (number: number): Field['value'] | undefined => fields.find((field) => field.number === number)?.value;
  const summary = find(5) as Buffer | undefined;
  const scalars: Record<string, number> = {};
  for (const { value } of summary ? parseFields(summary) : []) {
    const [tag, simple] = [1, 2].map((number) => parseFields(value as Buffer).find((field) => field.number === number)!.value);
    scalars[(tag as Buffer).toString()] = simple as number;
  }
  const version = find(3) as Buffer | undefined;
  return { wallTime: find(1) as number, step: Number(find(2) ?? 0), version: version?.toString(), scalars };
}
