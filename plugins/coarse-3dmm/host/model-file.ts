/** A face model as one file: a line of JSON (names, types, lengths), padding, then the arrays, little-endian. */
import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { FaceModel } from './face-model.js';

type Arrays = Record<string, Float32Array | Int32Array | Uint8Array>;

interface Header {
  readonly name: string;
  readonly digest: string;
  readonly activeModes: FaceModel['activeModes'];
  readonly arrays: readonly { name: string; type: 'float32' | 'int32' | 'uint8'; length: number; offset: number }[];
}

const alignment = 16;
const headerBytes = 4096;

/** Writes the file beside its place and renames it. */
export async function writeFaceModel(path: string, model: FaceModel): Promise<void> {
  const arrays = Object.entries(arraysOf(model));
  let offset = headerBytes;
  const entries = arrays.map(([name, array]) => {
    const entry = { name, type: typeOf(array), length: array.length, offset };
    offset += Math.ceil(array.byteLength / alignment) * alignment;
    return entry;
  });
  const bytes = new Uint8Array(offset);
  const header: Header = { name: model.name, digest: model.digest, activeModes: model.activeModes, arrays: entries };
  bytes.set(new TextEncoder().encode(`${JSON.stringify(header)}\n`));
  arrays.forEach(([, array], index) => bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), entries[index]!.offset));
  const temporary = `${path}.${process.pid}-${Date.now()}`;
  await writeFile(temporary, bytes);
  await rename(temporary, path);
}

/** The model in a file, or undefined when the file is missing or damaged. */
export async function readFaceModel(path: string): Promise<FaceModel | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes) return undefined;
  try {
    const header = JSON.parse(bytes.subarray(0, bytes.indexOf(10)).toString('utf8')) as Header;
    const arrays: Arrays = {};
    for (const { name, type, length, offset } of header.arrays) arrays[name] = viewOf(bytes, type, offset, length);
    return fromArrays(header, arrays);
  } catch {
    return undefined;
  }
}

/** SHA-256 over the names and bytes of all arrays. */
export function digestOf(model: Omit<FaceModel, 'digest'>): string {
  const hash = createHash('sha256').update(model.name);
  for (const [name, array] of Object.entries(arraysOf(model))) {
    hash.update(name).update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  return hash.digest('hex');
}

function arraysOf(model: Omit<FaceModel, 'digest'>): Arrays {
  const { triangles, meanShape, identityBasis, expressionBasis, meanAlbedo, albedoBasis, landmarks, mirror, skinMask, uvs } = model;
  const dense = model.denseLandmarks;
  return {
    triangles, meanShape, identityBasis, expressionBasis, meanAlbedo, albedoBasis, landmarks, mirror, skinMask, ...(uvs && { uvs }),
    denseVertices: dense.vertices, denseWeights: dense.weights, denseTrust: dense.trust,
  };
}

function fromArrays(header: Header, arrays: Arrays): FaceModel {
  const take = <T extends Arrays[string]>(name: string): T => {
    if (!arrays[name]) throw new Error(`the file has no ${name}`);
    return arrays[name] as T;
  };
  const meanShape = take<Float32Array>('meanShape');
  return {
    name: header.name, digest: header.digest, activeModes: header.activeModes, vertexCount: meanShape.length / 3, meanShape,
    triangles: take('triangles'), identityBasis: take('identityBasis'), expressionBasis: take('expressionBasis'),
    meanAlbedo: take('meanAlbedo'), albedoBasis: take('albedoBasis'), landmarks: take('landmarks'), mirror: take('mirror'),
    skinMask: take('skinMask'), ...(arrays['uvs'] && { uvs: arrays['uvs'] as Float32Array }),
    denseLandmarks: { vertices: take('denseVertices'), weights: take('denseWeights'), trust: take('denseTrust') },
  };
}

function typeOf(array: Arrays[string]): 'float32' | 'int32' | 'uint8' {
  return array instanceof Float32Array ? 'float32' : array instanceof Int32Array ? 'int32' : 'uint8';
}

function viewOf(bytes: Buffer, type: string, offset: number, length: number): Arrays[string] {
  const start = bytes.byteOffset + offset;
  if (type === 'uint8') return new Uint8Array(bytes.buffer, start, length);
  return type === 'int32' ? new Int32Array(bytes.buffer, start, length) : new Float32Array(bytes.buffer, start, length);
}
