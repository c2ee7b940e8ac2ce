/** A learned albedo as a safetensors file, in half precision. */
import { readFile } from 'node:fs/promises';
import { decodeSafetensors, encodeSafetensors, FlowError, float32, writeFileAtomic } from '../../../../framework/index.js';
import { albedoCount } from '../coefficients.js';

export interface AlbedoFile {
  /** [V*3] */
  readonly meanAlbedo: Float32Array;
  /** [V*3, 80] */
  readonly albedoBasis: Float32Array;
}

/** Writes mean and basis, with notes on where they come from. */
export function writeAlbedo(path: string, { meanAlbedo, albedoBasis }: AlbedoFile, notes: Readonly<Record<string, string>>): void {
  writeFileAtomic(path, encodeSafetensors(new Map([
    ['mean', float32(meanAlbedo, [meanAlbedo.length / 3, 3])],
    ['basis', float32(albedoBasis, [meanAlbedo.length, albedoCount])],
  ]), notes, { float16: true }));
}

/**
 * Reads such a file.
 *
 * @param vertexCount the vertices of the mesh that it must fit
 * @throws FlowError FLOW_WEIGHTS when the file is missing, damaged, or of another mesh
 */
export async function readAlbedo(path: string, vertexCount: number): Promise<AlbedoFile> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new FlowError('FLOW_WEIGHTS', { message: `the learned albedo ${path} cannot be read`, cause, cure: 'name a file that `learn-model` wrote, or `painted`' });
  });
  const { tensors } = decodeSafetensors(bytes);
  const [mean, basis] = [tensors.get('mean'), tensors.get('basis')];
  if (mean?.shape.join() !== `${vertexCount},3` || basis?.shape.join() !== `${vertexCount * 3},${albedoCount}`) {
    throw new FlowError('FLOW_WEIGHTS', {
      message: `the learned albedo ${path} belongs to another mesh`, expected: `${vertexCount} vertices`, got: `shape [${mean?.shape.join(', ') ?? ''}]`,
    });
  }
  return { meanAlbedo: mean.data as Float32Array, albedoBasis: basis.data as Float32Array };
}
