/** Reads the weight files that face-api ships: a manifest (JSON) and one binary file, quantised to 8 bits, without a graph. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FlowError, float32, sizeOf, type HostTensor } from '../../../framework/index.js';

/** Weights by name, dequantised to float32. */
export type WeightMap = ReadonlyMap<string, HostTensor>;

interface ManifestEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly scale: number; readonly min: number };
}

type Manifest = readonly { readonly paths: readonly string[]; readonly weights: readonly ManifestEntry[] }[];

/**
 * All weights of `<folder>/<model>-weights_manifest.json` and its binary files.
 *
 * A quantised entry holds one byte q for each element: w = q · scale + min.
 * Throws FLOW_WEIGHTS when a file is missing, too short, or of a type that face-api does not use.
 */
export async function readWeightMap(folder: string, model: string): Promise<WeightMap> {
  const manifest = JSON.parse((await readPart(folder, `${model}-weights_manifest.json`)).toString('utf8')) as Manifest;
  const weights = new Map<string, HostTensor>();
  for (const group of manifest) {
    const bytes = Buffer.concat(await Promise.all(group.paths.map((path) => readPart(folder, path))));
    let offset = 0;
    for (const entry of group.weights) {
      const size = sizeOf(entry.shape);
      const width = entry.quantization ? 1 : 4;
      if (offset + size * width > bytes.length) throw damaged(folder, model, `${entry.name} lies beyond the end of the file`);
      weights.set(entry.name, float32(decode(bytes, offset, size, entry, folder, model), entry.shape));
      offset += size * width;
    }
    if (offset !== bytes.length) throw damaged(folder, model, `${bytes.length - offset} bytes are left over`);
  }
  return weights;
}

/** The weight of that name. Throws FLOW_WEIGHTS when the file does not hold it. */
export function weight(weights: WeightMap, name: string): HostTensor {
  const found = weights.get(name);
  if (!found) throw new FlowError('FLOW_WEIGHTS', { message: `the network's file has no weight "${name}"` });
  return found;
}

function decode(bytes: Buffer, offset: number, size: number, entry: ManifestEntry, folder: string, model: string): Float32Array {
  const values = new Float32Array(size);
  if (entry.quantization) {
    const { dtype, scale, min } = entry.quantization;
    if (dtype !== 'uint8') throw damaged(folder, model, `${entry.name} is quantised as ${dtype}`);
    for (let index = 0; index < size; index++) values[index] = bytes[offset + index]! * scale + min;
  } else {
    if (entry.dtype !== 'float32') throw damaged(folder, model, `${entry.name} is ${entry.dtype}`);
    for (let index = 0; index < size; index++) values[index] = bytes.readFloatLE(offset + 4 * index);
  }
  return values;
}

async function readPart(folder: string, file: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, file));
  } catch (cause) {
    throw new FlowError('FLOW_WEIGHTS', {
      message: `the network file ${file} cannot be read`, who: folder, cause,
      cure: 'install @vladmandic/face-api, or point the option "folder" at its model folder',
    });
  }
}

function damaged(folder: string, model: string, detail: string): FlowError {
  return new FlowError('FLOW_WEIGHTS', { message: `the weights of ${model} do not fit their manifest: ${detail}`, who: folder });
}
