import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { builtInFaces } from '../built-in-faces.js';
import type { ListedPhoto } from '../listed-photo.js';

/** The faces in the group photos of `@vladmandic/face-api`. */
export function listBuiltIn(): ListedPhoto[] {
  const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api')), '..', 'demo');
  return builtInFaces.map(({ name, file, box, person, split }) => ({ name, file: join(demo, file), box, identity: person, split }));
}
