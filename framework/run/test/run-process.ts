/** A process of its own for one run: `run-process.ts OPTIONS`, options of `runPipeline` as JSON. Exits as `flow run` does. */
import { FlowError, FlowErrors } from '../../errors/flow-error.js';
import { runPipeline, type RunOptions } from '../../run-pipeline.js';
import type { ProcessOptions } from './killed-runs.js';

async function main(): Promise<void> {
  const { withoutPlugins, ...options } = JSON.parse(process.argv[2]!) as RunOptions & ProcessOptions;
  try {
    const { exitCode } = await runPipeline({ ...options, builtin: withoutPlugins ? async () => [] : undefined });
    process.exitCode = exitCode;
  } catch (error) {
    console.error(error);
    process.exitCode = error instanceof FlowError || error instanceof FlowErrors ? error.exitCode : 1;
  }
}

void main();
