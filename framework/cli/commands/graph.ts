import { Args, Flags } from '@oclif/core';
import { splitParameters } from '../parameters.js';
import { FlowCommand, pipelineFlags } from './base.js';

export class Graph extends FlowCommand {
  static override summary = 'Draw the graph of a pipeline as text, Mermaid or SVG.';
  static override examples = ['<%= config.bin %> graph pipelines/train-full.yaml --format svg > graph.svg'];
  static override args = { pipeline: Args.string({ required: true, description: 'Pipeline file.' }) };
  static override flags = {
    ...pipelineFlags,
    format: Flags.string({ options: ['text', 'mermaid', 'svg'], default: 'text', summary: 'Form of the drawing.' }),
  };

  async run(): Promise<unknown> {
    const { own, parameters } = splitParameters(this.argv, Graph.flags);
    const { args, flags } = await this.parse(Graph, [...own]);
    const [{ loadPlan }, describe] = await Promise.all([import('../../pipeline/index.js'), import('../../pipeline/describe.js')]);
    const plan = await loadPlan({ file: args.pipeline, set: flags.set, profile: flags.profile, params: parameters });
    const draw = { text: describe.describeText, mermaid: describe.describeMermaid, svg: describe.describeSvg }[flags.format as 'text' | 'mermaid' | 'svg'];
    const drawing = draw(plan);
    this.print(drawing);
    return { format: flags.format, drawing };
  }
}
