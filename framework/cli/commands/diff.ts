import { Args } from '@oclif/core';
import { FlowCommand, pipelineFlags } from './base.js';

export class Diff extends FlowCommand {
  static override summary = 'Compare two resolved pipelines and their graphs.';
  static override examples = ['<%= config.bin %> diff pipelines/train-full.yaml pipelines/ablation-no-sa.yaml'];
  static override args = {
    one: Args.string({ required: true, description: 'Pipeline file.' }),
    other: Args.string({ required: true, description: 'Pipeline file.' }),
  };
  static override flags = pipelineFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Diff);
    const [{ loadPlan }, { diffPlans, renderDiff }] = await Promise.all([import('../../pipeline/index.js'), import('../../pipeline/diff.js')]);
    const [one, other] = await Promise.all([args.one, args.other].map((file) => loadPlan({ file, set: flags.set, profile: flags.profile })));
    const difference = diffPlans(one!, other!);
    this.print(renderDiff(difference));
    return difference;
  }
}
