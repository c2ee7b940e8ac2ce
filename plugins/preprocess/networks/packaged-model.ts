/** Graph models whose weights come inside the npm package `@vladmandic/human`. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { tf } from '../../../framework/device/index.js';

export type PackagedModel = tf.GraphModel<tf.io.IOHandlerSync>;

export type PackagedName = 'blazeface' | 'facemesh' | 'faceres';

/** The folder `models` of the installed package, wherever the package manager put it. */
function modelsFolder(): string {
  const entry = createRequire(import.meta.url).resolve('@vladmandic/human');
  return join(dirname(entry), '..', 'models');
}

/**
 * `NAME.json` with its weights, on the engine in use. The file's signature is kept: it names the outputs. The weights belong to
 * the caller until `dispose`.
 */
export function loadPackagedModel(name: PackagedName): PackagedModel {
  const folder = modelsFolder();
  const json = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as tf.io.ModelJSON;
  const parts = json.weightsManifest.flatMap((group) => group.paths).map((file) => readFileSync(join(folder, file)));
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
  return tf.loadGraphModelSync({ load: () => artifacts });
}
