import { discoverPlugins } from '../framework/plugin/discover.js';
import { editorSchema } from '../framework/pipeline/json-schema.js';

export const schemaFile = 'flow.schema.json';

/** The editor schema of the built-in plugins as text. */
export async function currentSchema(): Promise<string> {
  return `${JSON.stringify(editorSchema(await discoverPlugins()), null, 1)}\n`;
}
