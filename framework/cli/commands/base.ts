/** What all commands share: errors as people read them, or as JSON, and exit codes by kind of error. */
import { Command, Flags } from '@oclif/core';
import { FlowError, FlowErrors } from '../../errors/flow-error.js';
import { renderProblems } from '../../errors/render-problems.js';

/** Flags of every command that reads a pipeline file. */
export const pipelineFlags = {
  set: Flags.string({ multiple: true, multipleNonGreedy: true, summary: 'Set an existing key, as PATH=VALUE: train.batch=4.', helpValue: 'PATH=VALUE' }),
  profile: Flags.string({ summary: 'Use this profile of the pipeline: paper, small or tiny.', helpValue: 'NAME' }),
};

export abstract class FlowCommand extends Command {
  static override enableJsonFlag = true;

  protected override async catch(error: Error & { exitCode?: number }): Promise<unknown> {
    if (!(error instanceof FlowError || error instanceof FlowErrors)) return super.catch(error);
    const problems = error instanceof FlowErrors ? error.problems : [error];
    if (this.jsonEnabled()) this.logJson({ errors: problems });
    else this.logToStderr(renderProblems(problems));
    return this.exit(error.exitCode);
  }

  /** Writes text on standard output unless JSON was asked for. */
  protected print(text: string): void {
    if (!this.jsonEnabled()) this.log(text);
  }
}
