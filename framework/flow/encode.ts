/**
 * Host values as bytes and back: one JSON header with the structure, then the raw buffers, 8-byte aligned. Object keys
 * are sorted, so equal values have equal bytes and one digest.
 *
 * Holds what a value port may hold: JSON values, `undefined`, non-finite numbers, typed arrays and nestings of them.
 * Anything else throws a TypeError that names the path to it.
 */
const typedArrays = {
  Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, Uint8Array, Uint8ClampedArray, Uint16Array, Uint32Array,
  BigInt64Array, BigUint64Array,
} as const;

type TypedArray = InstanceType<(typeof typedArrays)[keyof typeof typedArrays]>;
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Marks what JSON cannot say. A plain object that has this key itself is stored as pairs. */
const mark = '$';
const alignment = 8;
const headerPrefix = 8;

/** A value as bytes: equal values give equal bytes. */
export function encode(value: unknown): Buffer {
  const parts = encodedParts(value);
  return Buffer.concat(parts, parts.reduce((sum, part) => sum + part.length, 0));
}

/** The bytes of `encode` piece by piece, without copying the arrays. */
export function encodedParts(value: unknown): Uint8Array[] {
  const buffers: Uint8Array[] = [];
  let offset = 0;
  const tree = toJson(value, '', (array) => {
    const at = offset;
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    buffers.push(bytes, padding(bytes.length));
    offset += aligned(bytes.length);
    return { [mark]: typeName(array), at, length: array.length };
  });
  const text = Buffer.from(JSON.stringify(tree));
  const header = Buffer.alloc(aligned(headerPrefix + text.length));
  header.writeUInt32LE(text.length, 0);
  text.copy(header, headerPrefix);
  return [header, ...buffers];
}

/**
 * The value that `encode` was given. The bytes must not change afterwards: an array that takes most of their memory is a view of it, smaller
 * ones are copies, so that none keeps much more alive than itself. Throws a SyntaxError or RangeError on bytes that `encode` did not write.
 */
export function decode(bytes: Uint8Array): unknown {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.readUInt32LE(0);
  const tree = JSON.parse(view.toString('utf8', headerPrefix, headerPrefix + length)) as Json;
  const start = aligned(headerPrefix + length);
  return fromJson(tree, (name, at, count) => {
    const constructor = typedArrays[name];
    const from = bytes.byteOffset + start + at;
    const size = count * constructor.BYTES_PER_ELEMENT;
    if (from + size > bytes.byteOffset + bytes.byteLength) throw new RangeError('the buffers end too early');
    if (from % constructor.BYTES_PER_ELEMENT !== 0) return new constructor(bytes.buffer.slice(from, from + size) as ArrayBuffer);
    const there = new constructor(bytes.buffer as ArrayBuffer, from, count);
    return size > bytes.buffer.byteLength / 2 ? there : there.slice(); // V8 keeps what this makes of a few numbers in its heap, which is cheaper
  });
}

function toJson(value: unknown, path: string, buffer: (array: TypedArray) => Json): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') {
    return Number.isFinite(value) && !Object.is(value, -0) ? value : { [mark]: 'number', text: Object.is(value, -0) ? '-0' : String(value) };
  }
  if (value === undefined) return { [mark]: 'undefined' };
  if (Array.isArray(value)) return value.map((item, index) => toJson(item, `${path}[${index}]`, buffer));
  if (isTypedArray(value)) return buffer(value);
  if (isPlainObject(value)) {
    const pairs = Object.keys(value).sort().map((key) => [key, toJson(value[key], `${path}.${key}`, buffer)] as const);
    return mark in value ? { [mark]: 'pairs', pairs } : Object.fromEntries(pairs);
  }
  throw new TypeError(`${path || 'the value'} is neither JSON nor a typed array`);
}

/** Works in place: the tree was made by the parser, for nobody else. */
function fromJson(tree: Json, buffer: (name: keyof typeof typedArrays, at: number, count: number) => TypedArray): unknown {
  if (tree === null || typeof tree !== 'object') return tree;
  if (Array.isArray(tree)) {
    const items = tree as unknown[];
    for (let index = 0; index < items.length; index++) items[index] = fromJson(items[index] as Json, buffer);
    return items;
  }
  const node = tree as { [key: string]: unknown };
  const kind = node[mark];
  if (kind === undefined) {
    for (const key in node) node[key] = fromJson(node[key] as Json, buffer);
    return node;
  }
  if (kind === 'undefined') return undefined;
  if (kind === 'number') return Number(node.text);
  if (kind === 'pairs') {
    return Object.fromEntries((node.pairs as readonly [string, Json][]).map(([key, item]) => [key, fromJson(item, buffer)]));
  }
  if (typeof kind !== 'string' || !(kind in typedArrays)) throw new SyntaxError(`unknown kind of value: ${String(kind)}`);
  return buffer(kind as keyof typeof typedArrays, node.at as number, node.length as number);
}

/** Whether the value is a typed array, a DataView excepted. */
export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** Whether the value is an object literal, from whatever realm. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A Node Buffer is stored as the Uint8Array that it is. */
function typeName(array: TypedArray): keyof typeof typedArrays {
  return (Object.prototype.toString.call(array).slice(8, -1)) as keyof typeof typedArrays;
}

const zeros = new Uint8Array(alignment);

function padding(size: number): Uint8Array {
  return zeros.subarray(0, aligned(size) - size);
}

function aligned(size: number): number {
  return Math.ceil(size / alignment) * alignment;
}
