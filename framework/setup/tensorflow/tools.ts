/** The programs that the setup needs, looked for before anything is downloaded. */
import { mkdir, statfs } from 'node:fs/promises';
import { FlowError } from '../../errors/flow-error.js';
import { ProgramFailed, runProgram } from '../run-program.js';
import type { Recipe } from './recipe.js';

export interface Tools {
  readonly python: string;
  readonly compiler: string;
  readonly npm: string;
}

const platforms = ['linux-x64', 'linux-arm64', 'darwin-arm64'];

/**
 * Finds Python with pip, npm and a C++ compiler (`PYTHON` and `CXX` name others), and asks for the room on the disk.
 *
 * @throws FlowError FLOW_SETUP that lists everything that is missing, each with its cure.
 */
export async function findTools(recipe: Recipe, folder: string): Promise<Tools> {
  const platform = `${process.platform}-${process.arch}`;
  if (!platforms.includes(platform)) {
    throw missing([`libtensorflow for ${platform} (there is a wheel for ${platforms.join(', ')})`], 'use `device: wasm` here.');
  }
  const python = await firstThatRuns([process.env['PYTHON'], 'python3', 'python'], ['-m', 'pip', '--version']);
  const compiler = await firstThatRuns([process.env['CXX'], 'c++', 'g++', 'clang++'], ['--version']);
  const npm = await firstThatRuns(['npm'], ['--version']);
  const lacks: string[] = [];
  if (python === undefined) lacks.push('Python 3 with pip (Debian: apt install python3-pip)');
  if (compiler === undefined) lacks.push('a compiler for C++17 (Debian: apt install g++; macOS: xcode-select --install)');
  if (npm === undefined) lacks.push('npm');
  const free = await freeGigabytes(folder);
  if (free < recipe.working) lacks.push(`${recipe.working} GB of disk under ${folder}, where ${free.toFixed(1)} GB are free (FLOW_ENGINES names another folder)`);
  if (lacks.length > 0) throw missing(lacks, 'install what is missing and run the command again; until then `device: wasm` works.');
  return { python: python!, compiler: compiler!, npm: npm! };
}

function missing(lacks: readonly string[], cure: string): FlowError {
  return new FlowError('FLOW_SETUP', {
    who: 'tensorflow', message: `The engine cannot be set up, because something is missing: ${lacks.join('; ')}.`, cure,
  });
}

async function firstThatRuns(commands: readonly (string | undefined)[], words: readonly string[]): Promise<string | undefined> {
  for (const command of commands) {
    if (!command) continue;
    try {
      await runProgram({ command, arguments: words });
      return command;
    } catch (error) {
      if (!(error instanceof ProgramFailed)) throw error;
    }
  }
  return undefined;
}

async function freeGigabytes(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  return (bavail * bsize) / 1e9;
}
