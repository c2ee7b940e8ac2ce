import { Args, Flags } from '@oclif/core';
import { FlowCommand } from './base.js';

export class Quarantine extends FlowCommand {
  static override summary = 'List the samples that a run refused, by stage and reason; or try them again.';
  static override description =
    '--retry runs the pipeline of that run once more on the refused samples alone, as a new run: after photos were mended or options changed. '
    + 'Refusals in the cache are kept with the photo\'s content, so a mended photo is looked at again.';
  static override examples = [
    '<%= config.bin %> quarantine latest', '<%= config.bin %> quarantine inspect-data/latest --list --reason no-face',
    '<%= config.bin %> quarantine inspect-data/latest --retry --set stages.align.with.threshold=0.3',
  ];
  static override args = { run: Args.string({ default: 'latest', description: 'Run folder, or PIPELINE/NAME.' }) };
  static override flags = {
    list: Flags.boolean({ summary: 'Print every sample with its reason, separated by tabs.' }),
    stage: Flags.string({ summary: 'Only refusals of this stage.' }),
    reason: Flags.string({ summary: 'Only refusals for this reason.' }),
    retry: Flags.boolean({ summary: 'Run the pipeline again on these samples alone.' }),
    set: Flags.string({ multiple: true, multipleNonGreedy: true, summary: 'retry: set an existing key, as PATH=VALUE.', helpValue: 'PATH=VALUE' }),
    device: Flags.string({ summary: 'retry: engine.' }),
    runs: Flags.string({ default: 'runs', summary: 'Folder that holds the run folders.' }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Quarantine);
    const { countRefusals, countsText, linesText, refusalsOf } = await import('../quarantine-command.js');
    const { run, lines } = refusalsOf(flags.runs, args.run);
    const chosen = lines.filter(({ stage, reason, code }) =>
      (flags.stage === undefined || stage === flags.stage) && (flags.reason === undefined || (reason ?? code) === flags.reason));
    this.print(flags.list ? linesText(chosen) : `${run.pipeline}/${run.name}: ${chosen.length} samples refused\n${countsText(countRefusals(chosen))}`);
    if (!flags.retry || chosen.length === 0) return { run: `${run.pipeline}/${run.name}`, counts: countRefusals(chosen), samples: chosen };
    const { copyFile } = await import('node:fs/promises');
    const file = run.file(`${run.pipeline}.yaml`); // a run is filed under its pipeline file's name
    await copyFile(run.file('pipeline.yaml'), file);
    const { runPipeline } = await import('../../run-pipeline.js');
    return runPipeline({
      file, set: flags.set, device: flags.device, runsFolder: flags.runs, quiet: this.jsonEnabled(), only: chosen.map(({ key }) => key),
    });
  }
}
