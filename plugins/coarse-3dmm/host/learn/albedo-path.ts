import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the file of a learned albedo is: `shipped` names the one in the package. */
export function albedoPath(albedo: string): string {
  return albedo === 'shipped' ? fileURLToPath(new URL('../../data/learned-albedo.safetensors', import.meta.url)) : resolve(albedo);
}
