/** The same step in PyTorch: a Python process that is given shapes, matrices and a batch, and is asked for one step at a time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { exportStep } from './export-step.js';
import type { TrainingStep } from './training.js';

/** Milliseconds on the clock, and of processor time over all threads: the second is less disturbed by other work. */
export interface StepTime {
  readonly wall: number;
  readonly processor: number;
}

export interface PyTorchStep {
  /** Version and threads. */
  readonly description: string;
  step(): Promise<StepTime>;
  /** Groups of operators with their calls in one step and their share of its time, dearest first. */
  groups(): Promise<readonly (readonly [group: string, calls: number, share: number])[]>;
  close(): Promise<void>;
}

/** Starts `bench/pytorch/training_step.py` with the given Python on what the step of train-full is made of. */
export async function openPyTorch(python: string, training: TrainingStep): Promise<PyTorchStep> {
  const folder = mkdtempSync(join(tmpdir(), 'flow-pytorch-'));
  const file = join(folder, 'step.safetensors');
  writeFileSync(file, await exportStep(training));
  const script = fileURLToPath(new URL('../pytorch/training_step.py', import.meta.url));
  const child = spawn(python, [script, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the Python process ended');
    return value;
  };
  const description = await answer();
  return {
    description,
    async step() {
      child.stdin.write('step\n');
      const [wall, processor] = (await answer()).split(' ').map(Number) as [number, number];
      return { wall, processor };
    },
    async groups() {
      child.stdin.write('operators\n');
      return JSON.parse(await answer()) as [string, number, number][];
    },
    async close() {
      child.stdin.end();
      await once(child, 'close');
      rmSync(folder, { recursive: true });
    },
  };
}
