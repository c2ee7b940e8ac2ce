/** A process of its own that runs the example: `run-example.ts OPTIONS`, options of `runPipeline` as JSON. */
import { FlowError, FlowErrors } from '../../errors/flow-error.js';
import { runPipeline, type RunOptions } from '../../run-pipeline.js';

async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2]!) as RunOptions;
  try {
    const { exitCode } = await runPipeline({ ...options, builtin: async () => [] });
    process.exitCode = exitCode;
  } catch (error) {
    console.error(error);
    process.exitCode = error instanceof FlowError || error instanceof FlowErrors ? error.exitCode : 1;
  }
}

void main();
