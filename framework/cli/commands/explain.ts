import { Args, Flags } from '@oclif/core';
import { splitParameters } from '../parameters.js';
import { FlowCommand, pipelineFlags } from './base.js';

export class Explain extends FlowCommand {
  static override summary = 'Follow one sample through the host stages: what is cached, why not, and what the keys hold.';
  static override examples = ['<%= config.bin %> explain pipelines/train-full.yaml sample1-01', '<%= config.bin %> explain pipelines/inspect-data.yaml --photos ../faces'];
  static override args = {
    pipeline: Args.string({ required: true, description: 'Pipeline file.' }),
    sample: Args.string({ description: 'Key of the sample; the first one otherwise.' }),
  };
  static override flags = { ...pipelineFlags, keys: Flags.boolean({ summary: 'Print what each key is made of.' }) };

  async run(): Promise<unknown> {
    const { own, parameters } = splitParameters(this.argv, Explain.flags);
    const { args, flags } = await this.parse(Explain, [...own]);
    const { explainCommand } = await import('../explain-command.js');
    const { text, facts } = await explainCommand({ file: args.pipeline, set: flags.set, profile: flags.profile, params: parameters }, args.sample, flags.keys);
    this.print(text);
    return facts;
  }
}
