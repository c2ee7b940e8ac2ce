/** A learned identity prior as a safetensors file. */
import { readFile } from 'node:fs/promises';
import { decodeSafetensors, encodeSafetensors, FlowError, float32, writeFileAtomic } from '../../../../framework/index.js';
import { identityCount } from '../coefficients.js';
import type { IdentityPrior } from './identity-prior.js';

/** Writes it, with the face model that its modes belong to and notes. */
export function writeIdentity(path: string, { mean, mixing }: IdentityPrior, notes: Readonly<Record<string, string>> & { readonly face: string }): void {
  writeFileAtomic(path, encodeSafetensors(new Map([
    ['mean', float32(mean, [identityCount])], ['mixing', float32(mixing, [identityCount, identityCount])],
  ]), notes));
}

/** @throws FlowError FLOW_WEIGHTS when the file is missing, damaged or no such prior. */
export async function readIdentity(path: string): Promise<IdentityPrior> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new FlowError('FLOW_WEIGHTS', { message: `the learned identity ${path} cannot be read`, cause, cure: 'name a file that `learn-identity` wrote' });
  });
  const { tensors } = decodeSafetensors(bytes);
  const [mean, mixing] = [tensors.get('mean'), tensors.get('mixing')];
  if (mean?.shape.join() !== `${identityCount}` || mixing?.shape.join() !== `${identityCount},${identityCount}`) {
    throw new FlowError('FLOW_WEIGHTS', { message: `${path} is no learned identity`, expected: `mean [${identityCount}] and mixing [${identityCount}, ${identityCount}]`, got: [...tensors.keys()].join(', ') });
  }
  return { mean: mean.data as Float32Array, mixing: mixing.data as Float32Array };
}
