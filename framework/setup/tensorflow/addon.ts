/** The addon: sources of tfjs-node and our own, compiled against libtensorflow and the ABI-stable interface of Node. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installedPaths } from '../../device/engines/tensorflow/installation.js';
import { runProgram } from '../run-program.js';
import { changeText } from './change-text.js';
import type { SetupStep } from './step.js';

const native = fileURLToPath(new URL('./native/', import.meta.url));
const additions = [
  'arguments.cc', 'thread-pool.cc', 'windows.cc', 'host-memory.cc', 'sparse-polynomials.cc', 'adam.cc', 'bias.cc', 'elementwise.cc', 'depthwise.cc',
  'max-pool.cc',
];

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
  // Functions of the addon share its state only when they are compiled into it.
  await changeText(join(binding, 'tfjs_binding.cc'), '#include "tfjs_backend.h"', '#include "additions.h"\n#include "tfjs_backend.h"');
  await changeText(join(binding, 'tfjs_binding.cc'), '#undef EXPORT_INT_PROPERTY', '#undef EXPORT_INT_PROPERTY\n  AddAll(env, exports);');
  await compile(step, sources, [...units, ...additions.map((name) => join(native, name))], join(folder, installedPaths.addon), found.map((name) => join(libraries, name)));
  await compile(step, sources, [join(native, 'open-quietly.cc')], join(folder, installedPaths.opener), []);
}

async function compile({ tools, folder, signal }: SetupStep, sources: string, units: readonly string[], output: string, libraries: readonly string[]): Promise<void> {
  const platformFlags = process.platform === 'darwin'
    ? ['-undefined', 'dynamic_lookup', '-Wl,-rpath,@loader_path']
    : ['-Wl,-rpath,$ORIGIN', '-ldl'];
  await runProgram({
    command: tools.compiler,
    arguments: ['-std=c++17', '-O3', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-I', join(sources, 'node-api-headers', 'include'),
      '-I', join(folder, installedPaths.libraries, 'include'), '-I', native, '-I', join(sources, 'tfjs-node', 'binding'), ...units, ...libraries, '-o', output, ...platformFlags],
    signal,
  });
}
