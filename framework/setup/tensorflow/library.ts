/** libtensorflow and the headers of its C and eager interface, out of the Python wheel. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../run-program.js';
import type { SetupStep } from './step.js';
import { unpack } from './unpack.js';

/** The headers that the addon includes, with those that they include. */
const patterns = [
  'tensorflow/libtensorflow_cc.*', 'tensorflow/libtensorflow_framework.*', 'tensorflow/include/tensorflow/c/*',
  'tensorflow/include/tensorflow/core/platform/*', 'tensorflow/include/tsl/platform/*', 'tensorflow/include/xla/tsl/c/*',
  '*.dist-info/METADATA',
];

/** Downloads the wheel and leaves `site/tensorflow` and, for CUDA, NVIDIA's libraries beside it, where libtensorflow looks for them. */
export async function fetchLibrary(step: SetupStep): Promise<void> {
  const { recipe, folder, log } = step;
  const site = join(folder, 'site');
  log(`Downloading ${recipe.wheel} ${recipe.tensorflow} …`);
  await takeWheel(step, `${recipe.wheel}==${recipe.tensorflow}`, site, patterns);
  if (recipe.variant === 'cpu') return;
  for (const requirement of await cudaRequirements(site)) {
    log(`Downloading ${requirement} …`);
    // Headers are left out; what stays keeps its place, because libtensorflow finds it by a relative path.
    await takeWheel(step, requirement, site, ['nvidia/*/lib/*.so*', 'nvidia/*/bin/*', 'nvidia/*/nvvm/*']);
  }
}

/** A fixed Python version, so that the one that runs pip need not be one that the wheel is made for. */
async function takeWheel({ tools, folder, signal }: SetupStep, requirement: string, site: string, wanted: readonly string[]): Promise<void> {
  const downloads = join(folder, 'downloads');
  await mkdir(downloads, { recursive: true });
  await runProgram({
    command: tools.python,
    arguments: ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--python-version', '3.12', '--implementation', 'cp',
      '--dest', downloads, requirement],
    signal,
  });
  const wheel = (await readdir(downloads)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error(`pip left no wheel for ${requirement}`);
  await unpack(tools.python, join(downloads, wheel), site, wanted, signal);
  await rm(downloads, { recursive: true });
}

/** What the wheel's own metadata ask for under `and-cuda`: `nvidia-cudnn-cu12<10.0,>=9.3`. */
async function cudaRequirements(site: string): Promise<string[]> {
  const facts = (await readdir(site)).find((name) => name.endsWith('.dist-info'));
  if (facts === undefined) return [];
  const lines = (await readFile(join(site, facts, 'METADATA'), 'utf8')).split('\n');
  return lines.flatMap((line) => /^Requires-Dist: (nvidia-[^;]+); extra == .and-cuda./.exec(line)?.[1]?.trim() ?? []);
}
