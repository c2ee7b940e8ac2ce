import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { FlowError } from '../errors/flow-error.js';

/**
 * Workers read TypeScript through tsx, when this file or a plugin is TypeScript. `--import tsx` does not do: on Node 20 it
 * registers in the main thread only.
 */
export function workerArguments(modules: readonly string[]): string[] {
  const typescript = [import.meta.url, ...modules].filter((url) => /\.m?ts$/.test(url));
  if (typescript.length === 0) return [];
  for (const from of [import.meta.url, ...typescript]) {
    try {
      const tsx = pathToFileURL(createRequire(from).resolve('tsx/esm/api').replace(/\.cjs$/, '.mjs')).href; // its .cjs cannot register
      return ['--import', `data:text/javascript,import { register } from ${JSON.stringify(tsx)}; register();`];
    } catch {
      continue;
    }
  }
  throw new FlowError('FLOW_PLUGIN_LOAD', {
    message: `Workers cannot read TypeScript: ${typescript[0]}`, cure: 'Install tsx, or compile the plugin.',
  });
}
