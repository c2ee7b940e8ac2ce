/** Refuses a step that cannot fit before it runs: an engine whose memory is exhausted aborts, and the process with it. */
import { checkMemory, estimateMemory, gibibytes, guardMemory, neededMemory, type Engine } from '../device/index.js';
import type { TrainPlan } from '../pipeline/plan.js';
import type { TrainBatch, TrainingProgram } from './program.js';

/** The estimate runs one sample and two: it can only speak of more than these. */
const sampled = 2;

/**
 * The batches as they come, the first of them only when a step on it is estimated to fit. Micro-batches that the estimate itself would have to
 * run are watched in the first step instead, which stops where it would go beyond the limit. Engines without a known limit
 * are not asked. `say` is told what a step takes.
 *
 * @throws FlowError FLOW_DEVICE_MEMORY, at the first batch, with the largest micro-batch that would fit.
 */
export async function* checkedForMemory(
  batches: AsyncIterable<TrainBatch>, program: TrainingProgram, plan: Pick<TrainPlan, 'loss' | 'log' | 'microBatch'>, engine: Engine,
  say: (line: string) => void = () => undefined,
): AsyncGenerator<TrainBatch> {
  const { memoryLimit } = engine;
  const tell = (bytes: number): void => say(`memory of a step on ${plan.microBatch} at once: ${gibibytes(bytes)} of ${gibibytes(memoryLimit!)}`);
  let first = memoryLimit !== undefined;
  for await (const batch of batches) {
    if (first && plan.microBatch > sampled) {
      const estimate = estimateMemory(program, batch, plan.loss, plan.log, engine);
      checkMemory(estimate, plan.microBatch, engine);
      tell(neededMemory(estimate, plan.microBatch));
    }
    const watch = first && plan.microBatch <= sampled ? guardMemory(engine, plan.microBatch) : undefined;
    first = false;
    try {
      yield batch;
      if (watch) tell(watch.peak());
    } finally {
      watch?.release();
    }
  }
}
