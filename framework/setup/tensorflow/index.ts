/** `flow setup tensorflow`: makes, proves and removes the engine in the user's folder of engines. */
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  enginesRoot, installationFolder, installationLayout, installedPaths, readInstallation, type Installation, type TensorflowVariant,
} from '../../device/engines/tensorflow/installation.js';
import { FlowError } from '../../errors/flow-error.js';
import { withLock } from '../../flow/lock-file.js';
import { buildAddon } from './addon.js';
import { fetchLibrary } from './library.js';
import { recipeFor, type Recipe } from './recipe.js';
import { selfTest, type SelfTestResult } from './self-test.js';
import { fetchSources, installKernels } from './sources.js';
import type { SetupStep } from './step.js';
import { findTools } from './tools.js';

export interface SetupRequest {
  readonly variant: TensorflowVariant;
  readonly log: (line: string) => void;
  /** Ends the programs that run and takes away what was made so far. */
  readonly signal?: AbortSignal;
  /** What proves that the engine computes. */
  readonly prove?: typeof selfTest;
}

export interface SetupResult {
  readonly folder: string;
  /** False when a working engine was there already. */
  readonly made: boolean;
  readonly proof: SelfTestResult;
}

/**
 * Sets the engine up unless it works already. The folder is made beside its place and renamed when its self-test has passed, so
 * an interruption leaves either the engine that was there before or none.
 *
 * @throws FlowError FLOW_SETUP when something is missing or a step fails; nothing is left behind.
 */
export async function setupTensorflow({ variant, log, signal, prove = selfTest }: SetupRequest): Promise<SetupResult> {
  const folder = installationFolder(variant);
  await mkdir(enginesRoot(), { recursive: true });
  return withLock(folder, async () => {
    const present = await verifyTensorflow(variant, prove).catch(() => undefined);
    if (present) return { folder, made: false, proof: present };
    const recipe = recipeFor(variant);
    announce(recipe, log);
    const partial = `${folder}.partial`;
    await rm(partial, { recursive: true, force: true });
    try {
      const tools = await findTools(recipe, enginesRoot());
      const step: SetupStep = { recipe, tools, folder: partial, log, signal };
      await mkdir(partial, { recursive: true });
      const proof = await make(step, prove);
      await putInPlace(partial, folder);
      return { folder, made: true, proof };
    } catch (error) {
      throw asSetupError(error, signal);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  });
}

/**
 * Checks that every file is there with its size, and runs the self-test.
 *
 * @throws FlowError FLOW_SETUP that says what is wrong.
 */
export async function verifyTensorflow(variant: TensorflowVariant, prove: typeof selfTest = selfTest): Promise<SelfTestResult> {
  const folder = installationFolder(variant);
  const installation = readInstallation(folder);
  if ('fault' in installation) throw broken(installation.fault, variant);
  for (const [path, bytes] of Object.entries(installation.files)) {
    const found = await stat(join(folder, path)).catch(() => undefined);
    if (found?.size !== bytes) throw broken(`${join(folder, path)} ${found ? `has ${found.size} bytes instead of ${bytes}` : 'is missing'}`, variant);
  }
  try {
    return await prove(folder);
  } catch (error) {
    throw broken(error instanceof Error ? error.message : String(error), variant);
  }
}

/** Takes the engine and what an interrupted setup left away; false when there was nothing. */
export async function removeTensorflow(variant: TensorflowVariant): Promise<boolean> {
  const folder = installationFolder(variant);
  await mkdir(dirname(folder), { recursive: true });
  return withLock(folder, async () => {
    const own = [folder, `${folder}.partial`, `${folder}.old`];
    const found = await Promise.all(own.map((path) => stat(path).then(() => true, () => false)));
    for (const path of own) await rm(path, { recursive: true, force: true });
    return found.includes(true);
  });
}

async function make(step: SetupStep, prove: typeof selfTest): Promise<SelfTestResult> {
  await fetchLibrary(step);
  const sources = await fetchSources(step);
  await buildAddon(step, sources);
  await installKernels(step, sources);
  await rm(sources, { recursive: true });
  await rm(join(step.folder, installedPaths.libraries, 'include'), { recursive: true });
  step.log('Testing the engine …');
  const proof = await prove(step.folder, step.signal);
  const { recipe } = step;
  const manifest: Installation = {
    layout: installationLayout, variant: recipe.variant, platform: `${process.platform}-${process.arch}`,
    tensorflow: recipe.tensorflow, tfjsNode: recipe.tfjsNode, files: await sizesOf(step.folder),
  };
  await writeFile(join(step.folder, installedPaths.manifest), JSON.stringify(manifest, null, 2));
  return proof;
}

async function sizesOf(folder: string): Promise<Record<string, number>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(await Promise.all(files.map(async (path) => [path.slice(folder.length + 1), (await stat(path)).size] as const)));
}

/** An engine that no longer works makes room; it comes back when the rename fails. */
async function putInPlace(partial: string, folder: string): Promise<void> {
  const old = `${folder}.old`;
  await rm(old, { recursive: true, force: true });
  await rename(folder, old).catch(() => undefined);
  await rename(partial, folder);
  await rm(old, { recursive: true, force: true });
}

function announce(recipe: Recipe, log: (line: string) => void): void {
  log(`Setting up libtensorflow ${recipe.tensorflow} (${recipe.variant === 'gpu' ? 'CUDA; not verified on a GPU' : 'CPU'}) in ${installationFolder(recipe.variant)}.`);
  log(`It downloads ${recipe.download} GB through pip and npm, takes ${recipe.working} GB of disk while it works and ${recipe.kept} GB after,`);
  log('and needs Python 3 with pip, a C++17 compiler and, after the download, about two minutes.');
}

function broken(fault: string, variant: TensorflowVariant): FlowError {
  const command = `flow setup tensorflow${variant === 'gpu' ? ' --gpu' : ''}`;
  return new FlowError('FLOW_SETUP', { who: 'tensorflow', message: `The engine does not work: ${fault}.`, cure: `run \`${command}\`.` });
}

function asSetupError(error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof FlowError) return error;
  const message = signal?.aborted ? 'The setup was interrupted; nothing was left behind.' : `The engine could not be set up: ${error instanceof Error ? error.message : String(error)}`;
  return new FlowError('FLOW_SETUP', { who: 'tensorflow', message, cure: 'run the command again; until then `device: wasm` works.', cause: error });
}
