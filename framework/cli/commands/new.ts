import { Args } from '@oclif/core';
import { FlowCommand } from './base.js';

export class New extends FlowCommand {
  static override summary = 'Make a plugin that builds, is typed, tests itself and trains a small model.';
  static override examples = ['<%= config.bin %> new plugin tone'];
  static override args = {
    kind: Args.string({ required: true, options: ['plugin'], description: 'What to make.' }),
    name: Args.string({ required: true, description: 'Name of the plugin: small letters, digits and hyphens.' }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(New);
    const { newPlugin } = await import('../new-plugin.js');
    const folder = await newPlugin(args.name, process.cwd());
    this.print(`Made ${folder}. Next: cd ${folder} && npm install && npm test && npm run train`);
    return { folder };
  }
}
