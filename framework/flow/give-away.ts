/**
 * Prepares outputs for their move to another thread: which buffers go without copying. A buffer that resources hold is
 * copied instead, since moving it would empty the resource; so is a view of a part of a buffer, with only that part.
 */
import { isPlainObject, isTypedArray } from './encode.js';

export interface ProtectedBuffers {
  has(buffer: ArrayBufferLike): boolean;
  /** Protects every buffer that the value reaches. */
  addAll(value: unknown): void;
}

export function protectedBuffers(): ProtectedBuffers {
  const buffers = new WeakSet<ArrayBufferLike>();
  return {
    has: (buffer) => buffers.has(buffer),
    addAll: (value) => collect(value, buffers, new Set()),
  };
}

export function giveAway<T>(value: T, keep: ProtectedBuffers): { readonly value: T; readonly transfer: ArrayBuffer[] } {
  const transfer = new Set<ArrayBuffer>();
  const moved = walk(value, (array) => {
    const { buffer } = array;
    if (!(buffer instanceof ArrayBuffer)) return array; // shared memory crosses as it is
    const whole = array.byteLength === buffer.byteLength && !keep.has(buffer);
    const own = whole ? array : array.slice();
    transfer.add(own.buffer as ArrayBuffer);
    return own;
  });
  return { value: moved as T, transfer: [...transfer] };
}

type Movable = ArrayBufferView & { slice(): Movable };

function walk(value: unknown, view: (array: Movable) => unknown): unknown {
  if (isTypedArray(value)) return view(value as Movable);
  if (Array.isArray(value)) return value.map((item) => walk(item, view));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, view)]));
}

function collect(value: unknown, buffers: WeakSet<ArrayBufferLike>, seen: Set<object>): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  if (ArrayBuffer.isView(value)) {
    buffers.add(value.buffer);
    return;
  }
  seen.add(value);
  const members = value instanceof Map ? [...value.keys(), ...value.values()] : value instanceof Set ? [...value] : Object.values(value);
  for (const item of members) collect(item, buffers, seen);
}
