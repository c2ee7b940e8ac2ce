import { Args, Flags } from '@oclif/core';
import { FlowCommand } from './base.js';

/** Exit code of a command that a signal ended. */
const interrupted = 130;

export class Setup extends FlowCommand {
  static override summary = 'Set up an engine that npm cannot bring.';
  static override description =
    'tensorflow: takes libtensorflow out of its Python wheel and builds the addon of tfjs-node against it, in a folder of the user. ' +
    'An engine that works already is left as it is. `device: auto` then finds it.';
  static override examples = [
    '<%= config.bin %> setup tensorflow', '<%= config.bin %> setup tensorflow --verify', '<%= config.bin %> setup tensorflow --remove',
  ];
  static override args = { engine: Args.string({ required: true, options: ['tensorflow'], description: 'What to set up.' }) };
  static override flags = {
    gpu: Flags.boolean({ summary: 'The one for NVIDIA GPUs, with CUDA; not verified on a GPU.' }),
    verify: Flags.boolean({ summary: 'Only check that the engine is whole and computes.', exclusive: ['remove'] }),
    remove: Flags.boolean({ summary: 'Take the engine away.' }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Setup);
    const variant = flags.gpu ? 'gpu' : 'cpu';
    const { removeTensorflow, setupTensorflow, verifyTensorflow } = await import('../../setup/tensorflow/index.js');
    if (flags.remove) {
      const removed = await removeTensorflow(variant);
      this.print(removed ? 'The engine was removed.' : 'There was no engine to remove.');
      return { removed };
    }
    if (flags.verify) {
      const proof = await verifyTensorflow(variant);
      this.print(`The engine works: ${describe(proof)}.`);
      return { proof };
    }
    const ending = new AbortController();
    const end = (): void => ending.abort();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, end);
    try {
      const result = await setupTensorflow({ variant, signal: ending.signal, log: (line) => this.print(line) });
      this.print(`${result.made ? 'The engine works' : 'The engine was there already, and works'}: ${describe(result.proof)}. Folder: ${result.folder}`);
      return result;
    } catch (error) {
      if (ending.signal.aborted) process.exitCode = interrupted;
      throw error;
    } finally {
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, end);
    }
  }
}

function describe({ tensorflow, gpu, gigaflops }: { tensorflow: string; gpu: boolean; gigaflops: number }): string {
  return `libtensorflow ${tensorflow}, ${gpu ? 'GPU' : 'CPU'}, ${gigaflops} GFLOP/s on a convolution`;
}
