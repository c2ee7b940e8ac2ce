/**
 * The safetensors format: header length (uint64 LE), a JSON header { name: { dtype, shape, data_offsets }, __metadata__ },
 * then the raw little-endian data. Source: the format description of huggingface/safetensors.
 */
import { FlowError } from '../errors/flow-error.js';
import { sizeOf, type DType, type HostTensor, type TensorData } from '../values/host-tensor.js';

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, HostTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const storedTypes: Readonly<Record<DType, string>> = { float32: 'F32', int32: 'I32', uint8: 'U8', bool: 'BOOL' };
const longestHeader = 100_000_000;

/** Tensors in the order of the map; equal input gives equal bytes. */
export function encodeSafetensors(tensors: ReadonlyMap<string, HostTensor>, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const header: Record<string, HeaderEntry | Record<string, string>> = {};
  if (Object.keys(metadata).length) header['__metadata__'] = { ...metadata };
  let end = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    header[name] = { dtype: storedTypes[dtype], shape: [...shape], data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const bytes = Buffer.alloc(8 + padded + end, 0x20);
  bytes.writeBigUInt64LE(BigInt(padded), 0);
  text.copy(bytes, 8);
  let position = 8 + padded;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return bytes;
}

/** Reads every tensor, copied. Throws FLOW_WEIGHTS when the bytes are cut short, not safetensors, or of another element type. */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const { header, start } = readHeader(bytes);
  const tensors = new Map<string, HostTensor>();
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') metadata = entry as unknown as Record<string, string>;
    else tensors.set(name, readTensor(bytes, start, name, entry));
  }
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array): { header: Record<string, HeaderEntry>; start: number } {
  if (bytes.byteLength < 8) throw broken('The file is shorter than a safetensors header.');
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > longestHeader || 8 + length > bytes.byteLength) throw broken('The header is cut short, or this is no safetensors file.');
  try {
    const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString('utf8')) as unknown;
    if (typeof header !== 'object' || header === null) throw new TypeError('not an object');
    return { header: header as Record<string, HeaderEntry>, start: 8 + length };
  } catch (error) {
    throw broken('The header is not valid JSON.', error);
  }
}

function readTensor(bytes: Uint8Array, start: number, name: string, entry: HeaderEntry): HostTensor {
  const dtype = (Object.keys(storedTypes) as DType[]).find((candidate) => storedTypes[candidate] === entry.dtype);
  if (!dtype) throw broken(`"${name}" has the element type ${entry.dtype}; F32, I32, U8 and BOOL are read.`);
  const [from, to] = entry.data_offsets ?? [];
  const size = sizeOf(entry.shape) * (dtype === 'float32' || dtype === 'int32' ? 4 : 1);
  if (!(from >= 0) || to - from !== size || start + to > bytes.byteLength) throw broken(`The data of "${name}" is cut short.`);
  // A Buffer's own slice would share memory, at an offset that need not be aligned.
  const data = Uint8Array.prototype.slice.call(bytes, start + from, start + to).buffer;
  const copied: TensorData = dtype === 'float32' ? new Float32Array(data) : dtype === 'int32' ? new Int32Array(data) : new Uint8Array(data);
  return { dtype, shape: [...entry.shape], data: copied };
}

function broken(message: string, cause?: unknown): FlowError {
  return new FlowError('FLOW_WEIGHTS', { message, expected: 'a whole safetensors file', cause });
}
