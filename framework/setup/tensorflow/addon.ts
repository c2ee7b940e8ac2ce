/** The addon: sources of tfjs-node, compiled against libtensorflow and the ABI-stable interface of Node. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installedPaths } from '../../device/engines/tensorflow/installation.js';
import { runProgram } from '../run-program.js';
import type { SetupStep } from './step.js';

const muteSource = fileURLToPath(new URL('./native/open-quietly.cc', import.meta.url));

/**
 * Compiles both addons. They use Node-API only, so one build serves every Node that this engine supports; node-gyp and
 * Node's own headers are not needed.
 */
export async function buildAddon(step: SetupStep, sources: string): Promise<void> {
  const { folder, log } = step;
  const libraries = join(folder, installedPaths.libraries);
  const found = (await readdir(libraries)).filter((name) => /^libtensorflow_(cc|framework)\.(so\.2|2\.dylib)$/.test(name)).sort();
  if (found.length !== 2) throw new Error(`the wheel brought ${found.join(' and ') || 'no library'}, not libtensorflow_cc and libtensorflow_framework`);
  log('Compiling the addon …');
  const binding = join(sources, 'tfjs-node', 'binding');
  const units = (await readdir(binding)).filter((name) => name.endsWith('.cc')).map((name) => join(binding, name));
  await compile(step, sources, units, join(folder, installedPaths.addon), found.map((name) => join(libraries, name)));
  await compile(step, sources, [muteSource], join(folder, installedPaths.opener), []);
}

async function compile({ tools, folder, signal }: SetupStep, sources: string, units: readonly string[], output: string, libraries: readonly string[]): Promise<void> {
  const platformFlags = process.platform === 'darwin'
    ? ['-undefined', 'dynamic_lookup', '-Wl,-rpath,@loader_path']
    : ['-Wl,-rpath,$ORIGIN', '-ldl'];
  await runProgram({
    command: tools.compiler,
    arguments: ['-std=c++17', '-O3', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-I', join(sources, 'node-api-headers', 'include'),
      '-I', join(folder, installedPaths.libraries, 'include'), ...units, ...libraries, '-o', output, ...platformFlags],
    signal,
  });
}
