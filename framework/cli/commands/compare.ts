import { Args, Flags } from '@oclif/core';
import { FlowCommand } from './base.js';

export class Compare extends FlowCommand {
  static override summary = 'Print a table over runs: metrics as mean ± sd over seeds, or with the 95 % interval over samples, and only the parameters that differ; below it, sample by sample, what each row is above the first by.';
  static override examples = ['<%= config.bin %> compare runs/train-full/* runs/ablation-no-sa/* --format markdown'];
  static override strict = false;
  static override args = { run: Args.string({ required: true, description: 'Run folders, or PIPELINE/NAME.' }) };
  static override flags = {
    format: Flags.string({ options: ['text', 'markdown', 'csv', 'latex'], default: 'text', summary: 'Form of the table.' }),
    at: Flags.string({ options: ['last', 'best'], default: 'last', summary: 'Which validation counts.' }),
    metrics: Flags.custom<RegExp>({ parse: async (text) => new RegExp(text) })({
      summary: 'Only metrics whose name matches this regular expression.', helpValue: 'EXPRESSION',
    }),
    runs: Flags.string({ default: 'runs', summary: 'Folder that holds the run folders.' }),
  };

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(Compare);
    const { compareFolders } = await import('../compare-folders.js');
    const { comparison, text } = compareFolders(argv as string[], { ...flags, at: flags.at === 'best' ? 'best' : 'last' });
    this.print(text);
    return comparison;
  }
}
