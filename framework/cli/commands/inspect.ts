import { Args } from '@oclif/core';
import { FlowCommand } from './base.js';

export class Inspect extends FlowCommand {
  static override summary = 'Print the ports, options, defaults and source of a stage or resource type.';
  static override examples = ['<%= config.bin %> inspect coarse-3dmm/regress'];
  static override args = { type: Args.string({ required: true, description: 'PLUGIN/TYPE.' }) };

  async run(): Promise<unknown> {
    const { args } = await this.parse(Inspect);
    const [{ discoverPlugins }, { describeType }] = await Promise.all([import('../../plugin/discover.js'), import('../describe-type.js')]);
    const described = describeType(await discoverPlugins(), args.type);
    this.print(described.text);
    return described.facts;
  }
}
