/**
 * The safetensors format: 8 bytes of header length, a JSON header, then the tensors' bytes, little-endian and without gaps.
 * Source: huggingface/safetensors, README "Format". Float16 is read as float32, and written when asked.
 */
import { FlowError } from '../errors/flow-error.js';
import { sizeOf, type DType, type HostTensor, type TensorData } from '../values/host-tensor.js';
import { fromHalves, toHalf } from './float16.js';

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, HostTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

type FileType = 'F32' | 'F16' | 'I32' | 'U8' | 'BOOL';

interface Entry {
  readonly dtype: FileType;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const fileTypes: Readonly<Record<DType, FileType>> = { float32: 'F32', int32: 'I32', uint8: 'U8', bool: 'BOOL' };
const hostTypes: Readonly<Record<FileType, DType>> = { F32: 'float32', F16: 'float32', I32: 'int32', U8: 'uint8', BOOL: 'bool' };
const widths: Readonly<Record<FileType, number>> = { F32: 4, F16: 2, I32: 4, U8: 1, BOOL: 1 };
/** The format's own limit. */
const largestHeader = 100_000_000;

/**
 * The bytes of a file, tensors in the order of the map.
 *
 * @param options `float16` stores float32 tensors in half the space, rounded to nearest.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, HostTensor>,
  metadata: Readonly<Record<string, string>> = {},
  options: { readonly float16?: boolean } = {},
): Uint8Array {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, tensor] of tensors) {
    const half = options.float16 === true && tensor.dtype === 'float32';
    const bytes = half ? halfBytes(tensor.data) : bytesOf(tensor.data);
    header[name] = {
      dtype: half ? 'F16' : fileTypes[tensor.dtype], shape: tensor.shape, data_offsets: [offset, offset + bytes.length],
    };
    parts.push(bytes);
    offset += bytes.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const headerLength = Math.ceil(text.length / 8) * 8;
  const file = Buffer.alloc(8 + headerLength + offset, ' ');
  file.writeBigUInt64LE(BigInt(headerLength), 0);
  text.copy(file, 8);
  let position = 8 + headerLength;
  for (const part of parts) {
    file.set(part, position);
    position += part.length;
  }
  return file;
}

/**
 * Reads a file. Every offset is checked against the header and the length, so a cut or altered file is refused.
 *
 * @throws FlowError FLOW_WEIGHTS when the bytes are not a whole safetensors file, or hold a type we do not read.
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < 8) refuse('the file is shorter than its header length');
  const headerLength = Number(file.readBigUInt64LE(0));
  if (headerLength > largestHeader || 8 + headerLength > file.length) refuse('the header reaches past the end of the file');
  const header = parseHeader(file.subarray(8, 8 + headerLength));
  const { __metadata__: metadata = {}, ...entries } = header;
  const body = file.subarray(8 + headerLength);
  const tensors = new Map<string, HostTensor>();
  const ordered = Object.entries(entries as Record<string, Entry>).map(([name, entry]) => checkEntry(name, entry));
  for (const [name, entry] of ordered) tensors.set(name, readEntry(name, entry, body));
  checkCover(ordered, body.length);
  return { tensors, metadata: metadata as Readonly<Record<string, string>> };
}

function parseHeader(bytes: Buffer): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header as Record<string, unknown>;
  } catch (error) {
    refuse('the header is not JSON', error);
  }
  return refuse('the header is not an object');
}

function checkEntry(name: string, entry: Entry): [string, Entry] {
  const sound =
    Array.isArray(entry?.shape) && entry.shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0) &&
    Array.isArray(entry.data_offsets) && entry.data_offsets.length === 2 && entry.data_offsets.every(Number.isSafeInteger);
  if (!sound) refuse(`the entry "${name}" is malformed`);
  if (!(entry.dtype in widths)) refuse(`"${name}" has the type ${String(entry.dtype)}; ${Object.keys(widths).join(', ')} are read`);
  return [name, entry];
}

function readEntry(name: string, { dtype, shape, data_offsets: [begin, end] }: Entry, body: Buffer): HostTensor {
  const size = sizeOf(shape);
  if (begin < 0 || end > body.length || end - begin !== size * widths[dtype]) {
    refuse(`"${name}" of shape [${shape.join(', ')}] does not fit its bytes ${begin} to ${end} of ${body.length}`);
  }
  // A copy: the bytes of a tensor need not be aligned in the file.
  const bytes = Uint8Array.from(body.subarray(begin, end));
  return { dtype: hostTypes[dtype], shape: [...shape], data: dataOf(dtype, bytes) };
}

function dataOf(dtype: FileType, bytes: Uint8Array): TensorData {
  switch (dtype) {
    case 'F32': return new Float32Array(bytes.buffer);
    case 'I32': return new Int32Array(bytes.buffer);
    case 'F16': return fromHalves(new Uint16Array(bytes.buffer));
    default: return bytes;
  }
}

/** The format wants the body covered exactly: what is left over is a sign of a damaged file. */
function checkCover(entries: readonly [string, Entry][], length: number): void {
  const ranges = entries.map(([, entry]) => entry.data_offsets).sort((left, right) => left[0] - right[0] || left[1] - right[1]);
  let position = 0;
  for (const [begin, end] of ranges) {
    if (begin !== position) refuse(`bytes ${Math.min(begin, position)} to ${Math.max(begin, position)} belong to no tensor, or to two`);
    position = end;
  }
  if (position !== length) refuse(`${length - position} bytes follow the last tensor`);
}

function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function halfBytes(data: TensorData): Uint8Array {
  return bytesOf(Uint16Array.from(data, toHalf) as unknown as Uint8Array);
}

function refuse(reason: string, cause?: unknown): never {
  throw new FlowError('FLOW_WEIGHTS', {
    message: `The weights cannot be read: ${reason}.`, cure: 'Write or download the file again.', cause,
  });
}
