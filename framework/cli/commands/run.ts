import { Args, Flags } from '@oclif/core';
import { splitParameters } from '../parameters.js';
import { FlowCommand, pipelineFlags } from './base.js';

export class Run extends FlowCommand {
  static override summary = 'Run a pipeline: train a model, or process photos to their end.';
  static override description =
    'Everything is checked before anything runs. The first Ctrl-C finishes the step and saves, the second stops at once. ' +
    'Parameters of the pipeline are flags too: --photo me.jpg sets params.photo.';
  static override examples = [
    '<%= config.bin %> run pipelines/train-full.yaml',
    '<%= config.bin %> run pipelines/reconstruct.yaml --photo me.jpg',
    '<%= config.bin %> run pipelines/train-full.yaml --resume --name first-try',
  ];
  static override args = { pipeline: Args.string({ required: true, description: 'Pipeline file.' }) };
  static override flags = {
    ...pipelineFlags,
    name: Flags.string({ summary: 'Name of the run; a new one is made up otherwise.' }),
    resume: Flags.boolean({ summary: 'Go on with the run of that name, or with the latest run of this pipeline.' }),
    device: Flags.string({ summary: 'Engine: auto, tensorflow, webgpu, wasm or cpu.' }),
    runs: Flags.string({ summary: 'Folder that holds the run folders.', default: 'runs' }),
  };

  async run(): Promise<unknown> {
    const { own, parameters } = splitParameters(this.argv, Run.flags);
    const { args, flags } = await this.parse(Run, [...own]);
    const { runPipeline } = await import('../../run-pipeline.js');
    const result = await runPipeline({
      file: args.pipeline,
      set: flags.set,
      profile: flags.profile,
      parameters,
      name: flags.name,
      resume: flags.resume,
      device: flags.device,
      runsFolder: flags.runs,
      quiet: this.jsonEnabled(),
    });
    if (result.exitCode !== 0) process.exitCode = result.exitCode;
    return result;
  }
}
