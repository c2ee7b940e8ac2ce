/** Programs that a setup runs: their output is kept for the message, and an interruption ends them. */
import { spawn } from 'node:child_process';

export interface ProgramRequest {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly folder?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

/** A program that could not be started or that failed; `output` holds its last lines. */
export class ProgramFailed extends Error {
  constructor(readonly command: string, readonly reason: string, readonly output: string) {
    super(`${command} ${reason}${output ? `:\n${output}` : ''}`);
    this.name = 'ProgramFailed';
  }
}

const keptCharacters = 4000;
const shownLines = 12;

/**
 * Runs a program to its end and returns what it wrote on standard output.
 *
 * @throws ProgramFailed when it is missing, fails or is interrupted.
 */
export function runProgram({ command, arguments: words, folder, environment, signal }: ProgramRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { cwd: folder, env: environment ?? process.env, stdio: ['ignore', 'pipe', 'pipe'], signal });
    let [out, tail] = ['', ''];
    const keep = (chunk: Buffer): void => {
      tail = (tail + chunk.toString()).slice(-keptCharacters);
    };
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      keep(chunk);
    });
    child.stderr.on('data', keep);
    child.on('error', (error) => reject(new ProgramFailed(command, `could not be run (${error.message})`, '')));
    child.on('close', (code, ended) => {
      if (code === 0) resolve(out);
      else reject(new ProgramFailed(command, ended ? `was ended by ${ended}` : `ended with code ${code}`, tail.trim().split('\n').slice(-shownLines).join('\n')));
    });
  });
}
