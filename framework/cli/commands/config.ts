import { Args, Flags } from '@oclif/core';
import { splitParameters } from '../parameters.js';
import { FlowCommand, pipelineFlags } from './base.js';

export class Config extends FlowCommand {
  static override summary = 'Print the resolved pipeline; with --origins, where every value was written.';
  static override args = { pipeline: Args.string({ required: true, description: 'Pipeline file.' }) };
  static override flags = { ...pipelineFlags, origins: Flags.boolean({ summary: 'Add file, line and column behind each value.' }) };

  async run(): Promise<unknown> {
    const { own, parameters } = splitParameters(this.argv, Config.flags);
    const { args, flags } = await this.parse(Config, [...own]);
    const [{ loadPlan }, { renderConfig }] = await Promise.all([import('../../pipeline/index.js'), import('../../pipeline/config.js')]);
    const plan = await loadPlan({ file: args.pipeline, set: flags.set, profile: flags.profile, params: parameters });
    this.print(renderConfig(plan, { origins: flags.origins }));
    return flags.origins ? { document: plan.document, origins: Object.fromEntries(plan.origins) } : plan.document;
  }
}
