/** The sources of the addon and the kernels in JavaScript, out of npm packages whose install scripts never run. */
import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installedPaths, kernelHostKey } from '../../device/engines/tensorflow/installation.js';
import { runProgram } from '../run-program.js';
import { changeText } from './change-text.js';
import type { SetupStep } from './step.js';
import { unpack } from './unpack.js';

/** Downloads both npm packages and leaves them in `<folder>/sources/{tfjs-node,node-api-headers}`. */
export async function fetchSources(step: SetupStep): Promise<string> {
  const { recipe, folder, log } = step;
  const sources = join(folder, 'sources');
  log(`Downloading @tensorflow/tfjs-node ${recipe.tfjsNode} …`);
  await takePackage(step, `@tensorflow/tfjs-node@${recipe.tfjsNode}`, join(sources, 'tfjs-node'), ['package/binding/*', 'package/dist/*.js']);
  await takePackage(step, `node-api-headers@${recipe.nodeApiHeaders}`, join(sources, 'node-api-headers'), ['package/include/*']);
  return sources;
}

async function takePackage({ tools, signal }: SetupStep, name: string, folder: string, wanted: readonly string[]): Promise<void> {
  const downloads = `${folder}.download`;
  await mkdir(downloads, { recursive: true });
  await runProgram({ command: tools.npm, arguments: ['pack', '--silent', '--pack-destination', downloads, name], folder: downloads, signal });
  const archive = (await readdir(downloads)).find((file) => file.endsWith('.tgz'));
  if (archive === undefined) throw new Error(`npm left no archive for ${name}`);
  await unpack(tools.python, join(downloads, archive), downloads, wanted, signal);
  await rename(join(downloads, 'package'), folder);
  await rm(downloads, { recursive: true });
}

/** Puts the kernels of tfjs-node into the installation, changed where they would not load or run. */
export async function installKernels({ folder }: SetupStep, sources: string): Promise<void> {
  const [from, to] = [join(sources, 'tfjs-node', 'dist'), join(folder, installedPaths.kernels)];
  await mkdir(to, { recursive: true });
  // They are CommonJS, also where a folder above says `"type": "module"` (`FLOW_ENGINES` inside a project).
  await writeFile(join(to, 'package.json'), '{ "type": "commonjs" }\n');
  for (const name of ['register_all_kernels.js', 'nodejs_kernel_backend.js', 'int64_tensors.js', 'kernels']) {
    await cp(join(from, name), join(to, name), { recursive: true, filter: (path) => !path.endsWith('_test.js') });
  }
  // Messages for TensorBoard, which would need another package and are not used.
  await changeText(join(to, 'nodejs_kernel_backend.js'), "require('./proto/api_pb')", '{}');
  for (const path of ['nodejs_kernel_backend.js', join('kernels', 'TopK.js')]) await withoutRemovedUtilities(join(to, path));
  for (const name of ['tfjs', 'tfjs-core']) {
    const stub = join(to, 'node_modules', '@tensorflow', name);
    await mkdir(stub, { recursive: true });
    await writeFile(join(stub, 'index.js'), `module.exports = globalThis[Symbol.for('${kernelHostKey}')];\n`);
  }
}

/** `util.isNullOrUndefined` and `util.isArray` are gone from Node 23 on. */
async function withoutRemovedUtilities(path: string): Promise<void> {
  await changeText(path, 'require("util")', '{ isArray: Array.isArray, isNullOrUndefined: (value) => value == null }');
}
