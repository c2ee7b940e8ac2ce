import { Args, Flags } from '@oclif/core';
import { splitParameters } from '../parameters.js';
import { FlowCommand, pipelineFlags } from './base.js';

export class Data extends FlowCommand {
  static override summary = 'Say what is in a data set: stats (sizes, poses, visible share, refusals) or a contact sheet.';
  static override description =
    'Runs a pipeline that only looks, pipelines/inspect-data.yaml unless another is named, and prints what its sinks wrote. Results stay in the '
    + 'cache, so a training on the same photos begins without preprocessing. Parameters of the pipeline are flags: --photos, --split, --limit.';
  static override examples = ['<%= config.bin %> data stats --photos ../faces', '<%= config.bin %> data sheet --photos ../faces --limit 24'];
  static override args = {
    what: Args.string({ required: true, options: ['stats', 'sheet'], description: 'What to print: a summary, or the path of a picture.' }),
    pipeline: Args.string({ default: 'pipelines/inspect-data.yaml', description: 'Pipeline file.' }),
  };
  static override flags = {
    ...pipelineFlags,
    name: Flags.string({ summary: 'Name of the run; a new one is made up otherwise.' }),
    device: Flags.string({ summary: 'Engine: auto, tensorflow, webgpu, wasm or cpu.' }),
    runs: Flags.string({ summary: 'Folder that holds the run folders.', default: 'runs' }),
  };

  async run(): Promise<unknown> {
    const { own, parameters } = splitParameters(this.argv, Data.flags);
    const { args, flags } = await this.parse(Data, [...own]);
    const [{ runPipeline }, { describeData }] = await Promise.all([import('../../run-pipeline.js'), import('../data-command.js')]);
    const result = await runPipeline({
      file: args.pipeline, set: flags.set, profile: flags.profile, parameters, name: flags.name, device: flags.device, runsFolder: flags.runs,
      quiet: this.jsonEnabled(),
    });
    if (result.exitCode !== 0) process.exitCode = result.exitCode;
    const described = describeData(result.folder, result, args.what as 'stats' | 'sheet');
    this.print(described.text);
    return { ...result, ...described.facts };
  }
}
