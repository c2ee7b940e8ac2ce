/**
 * In the cache a picture takes a byte for each number where that loses nothing: stages that give pictures round them to the 256 levels of their
 * photos. A tensor whose numbers are all k / 255, k = 0 … 255, is stored as its k; its `dtype` still says float32.
 */
import { isHostTensor } from '../values/host-tensor.js';
import type { StageValues } from './stage-values.js';

const levels = Float32Array.from({ length: 256 }, (_, k) => k / 255);
/** Compared as they lie in memory, since −0 equals 0. */
const levelBits = new Uint32Array(levels.buffer);

/** The same values, with bytes for float32 tensors where they say as much. */
export function withBytes(values: StageValues): StageValues {
  return mapValues(values, (value) => {
    if (!isHostTensor(value) || !(value.data instanceof Float32Array)) return value;
    const bytes = bytesFor(value.data);
    return bytes ? { ...value, data: bytes } : value;
  });
}

/** The values that `withBytes` was given. */
export function withFloats(values: StageValues): StageValues {
  return mapValues(values, (value) => {
    if (!isHostTensor(value) || value.dtype !== 'float32' || !(value.data instanceof Uint8Array)) return value;
    return { ...value, data: floatsOf(value.data) };
  });
}

function bytesFor(data: Float32Array): Uint8Array | undefined {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  const bytes = new Uint8Array(data.length);
  for (let index = 0; index < data.length; index++) {
    const k = (255 * data[index] + 0.5) & 255; // whatever it is for other numbers, its level is another one
    if (bits[index] !== levelBits[k]) return undefined;
    bytes[index] = k;
  }
  return bytes;
}

/** Two numbers at a time: half of the time of one by one. */
function floatsOf(bytes: Uint8Array): Float32Array {
  const data = new Float32Array(bytes.length);
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  const [twoBytes, twoFloats] = [new Uint16Array(aligned.buffer, aligned.byteOffset, bytes.length >> 1), new Float64Array(data.buffer, 0, bytes.length >> 1)];
  const pairs = (levelPairs ??= makeLevelPairs());
  for (let index = 0; index < twoBytes.length; index++) twoFloats[index] = pairs[twoBytes[index]];
  if (bytes.length % 2 === 1) data[bytes.length - 1] = levels[bytes[bytes.length - 1]];
  return data;
}

/** The levels of two bytes, as they lie behind one another in memory; none of these pairs is a NaN of float64, so they are copied bit by bit. */
let levelPairs: Float64Array | undefined;

function makeLevelPairs(): Float64Array {
  const bytes = new Uint8Array(Uint16Array.from({ length: 2 ** 16 }, (_, pair) => pair).buffer);
  return new Float64Array(Float32Array.from(bytes, (k) => levels[k]).buffer);
}

function mapValues(values: StageValues, map: (value: unknown) => unknown): StageValues {
  return Object.fromEntries(Object.entries(values).map(([port, value]) => [port, map(value)]));
}
