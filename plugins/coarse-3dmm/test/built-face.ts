/** The built model for tests, kept in the tests' cache under a name that follows its sources. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FaceModel } from '../host/face-model.js';
import type { Level } from '../host/makehuman/levels.js';
import { resource } from '../host/makehuman/resource.js';

const sources = ['../host/makehuman', '../host', '../data'].map((folder) => fileURLToPath(new URL(folder, import.meta.url)));

export async function builtFace(level: Level = 'tiny'): Promise<FaceModel> {
  const hash = createHash('sha256');
  for (const folder of sources) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isFile()) hash.update(readFileSync(join(folder, entry.name)));
  }
  const cacheFolder = join(process.env['FLOW_CACHE'] ?? tmpdir(), 'faceflow-test-faces', hash.digest('hex').slice(0, 16));
  mkdirSync(cacheFolder, { recursive: true });
  return resource.build({ level }, { cacheFolder, log: () => undefined });
}
