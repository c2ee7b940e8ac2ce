/** Files of face models in their full size with made-up numbers, for tests: the real ones may not be shipped. */
import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { deflateSync } from 'node:zlib';

type Values = Float64Array | Float32Array | Int32Array | Uint8Array;

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Column after column. */
  readonly values: Values;
}

/** Numbers between −1 and 1 that look random: a linear congruence, for its speed. */
export function noise(length: number, seed: number, scale = 1): Float32Array {
  const values = new Float32Array(length);
  let state = seed >>> 0;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[at] = (state / 2 ** 31 - 1) * scale;
  }
  return values;
}

export function matHead(): Buffer {
  const head = Buffer.alloc(128, ' ');
  head.write('MATLAB 5.0 MAT-file, stand-in', 'latin1');
  head.writeUInt16LE(0x0100, 124);
  head.write('IM', 126, 'latin1');
  return head;
}

/** A matrix element up to its numbers, with the size that it would have with all of them. */
export function matOpening(name: string, rows: number, columns: number, values: Values, count = values.length): Buffer {
  const [classCode, type] = values instanceof Float64Array ? [6, 9] : values instanceof Float32Array ? [7, 7] : values instanceof Int32Array ? [12, 5] : [9, 2];
  const nameBytes = Math.ceil(name.length / 8) * 8;
  const bytes = Buffer.alloc(56 + nameBytes);
  const words = [14, 48 + nameBytes + Math.ceil((count * values.BYTES_PER_ELEMENT) / 8) * 8, 6, 8, classCode, 0, 5, 8, rows, columns, 1, name.length];
  words.forEach((word, index) => bytes.writeUInt32LE(word >>> 0, index * 4));
  bytes.write(name, 48, 'latin1');
  bytes.writeUInt32LE(type, 48 + nameBytes);
  bytes.writeUInt32LE(count * values.BYTES_PER_ELEMENT, 52 + nameBytes);
  return bytes;
}

export function matElement(name: string, rows: number, columns: number, values: Values): Buffer {
  const numbers = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat([matOpening(name, rows, columns, values), numbers, Buffer.alloc((8 - (numbers.length % 8)) % 8)]);
}

export function matBytes(matrices: Readonly<Record<string, Matrix>>, compressed = false): Buffer {
  const elements = Object.entries(matrices).map(([name, { rows, columns, values }]) => {
    const element = matElement(name, rows, columns, values);
    if (!compressed) return element;
    const deflated = deflateSync(element, { level: 1 });
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE(15, 0);
    tag.writeUInt32LE(deflated.length, 4);
    return Buffer.concat([tag, deflated]);
  });
  return Buffer.concat([matHead(), ...elements]);
}

/** Writes matrices of which only the first numbers are given; the rest of each is a hole in the file that reads as zero. */
export function writeSparseMat(path: string, matrices: Readonly<Record<string, Matrix>>): void {
  const file = openSync(path, 'w');
  let at = writeSync(file, matHead());
  for (const [name, { rows, columns, values }] of Object.entries(matrices)) {
    at += writeSync(file, matOpening(name, rows, columns, values, rows * columns), 0, undefined, at);
    writeSync(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 0, undefined, at);
    at += Math.ceil((rows * columns * values.BYTES_PER_ELEMENT) / 8) * 8;
  }
  ftruncateSync(file, at);
  closeSync(file);
}

/** Deep3D's topology in its sizes: a strip of triangles, some landmarks, some skin. */
export function topologyStandIn(vertices: number, triangles: number): Readonly<Record<string, Matrix>> {
  const tri = new Int32Array(triangles * 3);
  for (let corner = 0; corner < 3; corner++) for (let at = 0; at < triangles; at++) tri[corner * triangles + at] = ((at + corner) % vertices) + 1;
  return {
    tri: { rows: triangles, columns: 3, values: tri },
    keypoints: { rows: 1, columns: 68, values: Float64Array.from({ length: 68 }, (_, landmark) => 500 * landmark + 17) },
    skinmask: { rows: 1, columns: vertices, values: Uint8Array.from({ length: vertices }, (_, vertex) => (vertex % 4 === 0 ? 1 : 0)) },
  };
}

/** An OBJ file of vertices and quads. */
export function writeObj(path: string, positions: ArrayLike<number>, quads: readonly (readonly number[])[] = []): void {
  const lines: string[] = ['mtllib stand-in.mtl'];
  for (let at = 0; at < positions.length; at += 3) lines.push(`v ${positions[at]!.toFixed(6)} ${positions[at + 1]!.toFixed(6)} ${positions[at + 2]!.toFixed(6)}`);
  for (const quad of quads) lines.push(`f ${quad.map((vertex) => `${vertex + 1}/${vertex + 1}/${vertex + 1}`).join(' ')}`);
  writeFileSync(path, `${lines.join('\n')}\n`);
}
