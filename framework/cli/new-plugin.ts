/** Copies the plugin template, with its placeholders filled in. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FlowError } from '../errors/flow-error.js';
import { frameworkVersion } from '../plugin/registry.js';

const template = fileURLToPath(new URL('./templates/plugin/', import.meta.url));

/** Returns the new folder's name, `flow-plugin-<name>`. Throws FLOW_PLUGIN for a bad name, FLOW_RUN_STATE when it exists. */
export async function newPlugin(name: string, where: string): Promise<string> {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new FlowError('FLOW_PLUGIN', {
      who: name, message: 'a plugin cannot have this name', expected: 'small letters, digits and hyphens, beginning with a letter', got: name,
    });
  }
  const folder = `flow-plugin-${name}`;
  if (existsSync(join(where, folder))) {
    throw new FlowError('FLOW_RUN_STATE', { who: name, message: `the folder ${folder} exists already`, cure: 'choose another name, or remove it.' });
  }
  for (const entry of await readdir(template, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(where, folder, source.slice(template.length));
    const text = await readFile(source, 'utf8');
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text.replaceAll('__NAME__', name).replaceAll('__FRAMEWORK__', frameworkVersion()));
  }
  return folder;
}
