/** Proof that an installation computes: run in a process of its own, since a library that does not fit the processor ends the process. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProgramFailed, runProgram } from '../run-program.js';

export interface SelfTestResult {
  readonly tensorflow: string;
  readonly gpu: boolean;
  /** Of a 3 × 3 convolution of [4, 56, 56, 64] to 64 channels, best of ten. */
  readonly gigaflops: number;
}

const main = fileURLToPath(new URL(`./self-test-main${extname(fileURLToPath(import.meta.url))}`, import.meta.url));

/**
 * Loads the engine in a folder and compares products, a convolution and its gradients with plain loops.
 *
 * @throws ProgramFailed with what went wrong.
 */
export async function selfTest(folder: string, signal?: AbortSignal): Promise<SelfTestResult> {
  const out = await runProgram({
    command: process.execPath, arguments: [...process.execArgv, main, folder], environment: { ...process.env, NODE_NO_WARNINGS: '1' }, signal,
  });
  const line = out.trim().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line) as SelfTestResult;
  } catch {
    throw new ProgramFailed('the self-test', 'printed no result', out);
  }
}
