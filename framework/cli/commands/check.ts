import { Args, Flags } from '@oclif/core';
import { activitiesOf, unusedStages } from '../../pipeline/activities.js';
import { splitParameters } from '../parameters.js';
import { FlowCommand, pipelineFlags } from './base.js';

export class Check extends FlowCommand {
  static override summary = 'Check a pipeline: text, options, connections, types, gradient paths. Nothing runs.';
  static override description = 'With --preroll one synthetic batch goes through: shapes, finite values, a gradient for every trained variable, no tensor left behind.';
  static override examples = ['<%= config.bin %> check pipelines/train-full.yaml --preroll'];
  static override args = { pipeline: Args.string({ required: true, description: 'Pipeline file.' }) };
  static override flags = {
    ...pipelineFlags,
    preroll: Flags.boolean({ summary: 'Also push one synthetic batch through.' }),
    device: Flags.string({ summary: 'Engine for --preroll.', default: 'auto' }),
  };

  async run(): Promise<unknown> {
    const { own, parameters } = splitParameters(this.argv, Check.flags);
    const { args, flags } = await this.parse(Check, [...own]);
    const { loadPipeline } = await import('../../pipeline/index.js');
    const { plan, registry } = await loadPipeline({ file: args.pipeline, set: flags.set, profile: flags.profile, params: parameters });
    const sections = activitiesOf(plan).reduce((sum, [, graph]) => sum + graph.sections.length, 0);
    const unused = unusedStages(plan);
    this.print(`${args.pipeline}: ${plan.stages.size} stages, ${plan.resources.size} resources, ${sections} device section${sections === 1 ? '' : 's'}, no problem found.`);
    if (unused.length > 0) this.print(`warning: nothing needs ${unused.join(', ')}: no loss, metric or sink reads what comes of it.`);
    const facts = { pipeline: plan.name, stages: plan.stages.size, sections, unused, digest: plan.digest };
    if (!flags.preroll) return facts;
    const { preroll, renderPreroll } = await import('../../train/preroll.js');
    const result = await preroll(plan, registry, { device: flags.device });
    this.print(renderPreroll(result));
    return { ...facts, preroll: result };
  }
}
