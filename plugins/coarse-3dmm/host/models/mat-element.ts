/** Elements of MAT files, level 5 (MathWorks, "MAT-File Format", chapter 1): tags, headers of matrices, numbers. */

export interface Tag {
  readonly type: number;
  readonly bytes: number;
  /** Where the data starts, and where the next element does. */
  readonly data: number;
  readonly next: number;
}

export interface MatrixHeader {
  readonly name: string;
  readonly classCode: number;
  readonly complex: boolean;
  readonly shape: readonly number[];
  /** Where the tag of the real part is. */
  readonly realPart: number;
}

export const elementTypes = { int8: 1, int32: 5, uint32: 6, matrix: 14, compressed: 15 } as const;

export type MatNumbers = Float64Array | Float32Array | Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

const numberTypes: Readonly<Record<number, { new (buffer: ArrayBuffer): MatNumbers; readonly BYTES_PER_ELEMENT: number }>> = {
  1: Int8Array, 2: Uint8Array, 3: Int16Array, 4: Uint16Array, 5: Int32Array, 6: Uint32Array, 7: Float32Array, 9: Float64Array,
};

/** @throws RangeError when the tag or its data leave the buffer */
export function readTag(bytes: Buffer, at: number, whole = true): Tag {
  const word = bytes.readUInt32LE(at);
  const small = word >>> 16;
  const tag = small > 0
    ? { type: word & 0xffff, bytes: small, data: at + 4, next: at + 8 }
    : { type: word, bytes: bytes.readUInt32LE(at + 4), data: at + 8, next: at + 8 + Math.ceil(bytes.readUInt32LE(at + 4) / 8) * 8 };
  if (small > 4) throw new RangeError(`a small element of ${small} bytes`);
  if (whole && tag.data + tag.bytes > bytes.length) throw new RangeError(`an element of ${tag.bytes} bytes at ${at} leaves the ${bytes.length} bytes that hold it`);
  return tag;
}

/** The header of a matrix whose own tag has been read: flags, dimensions, name. @throws RangeError when it is none */
export function readMatrixHeader(bytes: Buffer): MatrixHeader {
  const flags = readTag(bytes, 0);
  if (flags.type !== elementTypes.uint32 || flags.bytes !== 8) throw new RangeError('no array flags at the start of a matrix');
  const word = bytes.readUInt32LE(flags.data);
  const dimensions = readTag(bytes, flags.next);
  if (dimensions.type !== elementTypes.int32 || dimensions.bytes % 4 !== 0) throw new RangeError('no dimensions in a matrix');
  const shape = Array.from({ length: dimensions.bytes / 4 }, (_, index) => bytes.readInt32LE(dimensions.data + index * 4));
  if (shape.some((extent) => extent < 0)) throw new RangeError(`the dimensions ${shape.join(' x ')}`);
  const name = readTag(bytes, dimensions.next);
  if (name.type !== elementTypes.int8) throw new RangeError('no name in a matrix');
  return {
    name: bytes.toString('latin1', name.data, name.data + name.bytes), classCode: word & 0xff, complex: (word & 0x800) !== 0, shape,
    realPart: name.next,
  };
}

/** Bytes of a number of an element type, or undefined when the type holds none that are supported. */
export function numberBytes(type: number): number | undefined {
  return numberTypes[type]?.BYTES_PER_ELEMENT;
}

/** The numbers in bytes of an element type, copied. */
export function toNumbers(type: number, bytes: Buffer): MatNumbers {
  return new numberTypes[type]!(Uint8Array.from(bytes).buffer);
}
