/** Refuses a step that cannot fit before it runs: an engine whose memory is exhausted aborts, and the process with it. */
import { checkMemory, estimateMemory, type Engine } from '../device/index.js';
import type { TrainPlan } from '../pipeline/plan.js';
import type { TrainBatch, TrainingProgram } from './program.js';

/** The estimate runs one sample and two: it can only speak of more than these. */
const sampled = 2;

/**
 * The batches as they come, the first of them only when a step on it is estimated to fit. Engines without a known limit
 * are not asked.
 *
 * @throws FlowError FLOW_DEVICE_MEMORY, at the first batch, with the largest micro-batch that would fit.
 */
export async function* checkedForMemory(
  batches: AsyncIterable<TrainBatch>, program: TrainingProgram, plan: Pick<TrainPlan, 'loss' | 'log' | 'microBatch'>, engine: Engine,
): AsyncGenerator<TrainBatch> {
  let checked = engine.memoryLimit === undefined || plan.microBatch <= sampled;
  for await (const batch of batches) {
    if (!checked) checkMemory(estimateMemory(program, batch, plan.loss, plan.log), plan.microBatch, engine);
    checked = true;
    yield batch;
  }
}
