/** Where a pipeline's training step would fit: `flow doctor PIPELINE`. */
import { totalmem } from 'node:os';
import { peakBytes, tf, useEngine, type DeviceProgram, type EngineName } from '../device/index.js';
import { FlowError } from '../errors/flow-error.js';
import { openServices } from '../flow/services.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { Plan } from '../pipeline/plan.js';
import { buildPrograms } from './programs.js';
import { syntheticBatch } from './synthetic-batch.js';

export interface MemoryFit {
  readonly engine: string;
  /** Bytes of weights, optimiser and constants. */
  readonly fixed: number;
  /** Bytes that one sample of a micro-batch adds at the worst moment of a step. */
  readonly perSample: number;
  /** What the engine or the machine has. */
  readonly limit: number;
  /** The largest micro-batch that fits; 0 when not even one sample does. */
  readonly largestMicroBatch: number;
  /** What the pipeline asks for. */
  readonly microBatch: number;
  /** Seconds of the dry step of one sample, weights warm or not. */
  readonly seconds: number;
}

/**
 * Dry runs of a training step on made-up samples: one, and two where that is sure to fit.
 *
 * @throws FlowError FLOW_TRAIN when the pipeline does not train, and what its stages throw.
 */
export async function estimateFit(plan: Plan, plugins: PluginRegistry, device: string): Promise<MemoryFit> {
  if (!plan.train || !plan.trainGraph) throw new FlowError('FLOW_TRAIN', { message: 'The pipeline does not train, so there is no step to estimate.', who: plan.name });
  const engine = await useEngine(device as EngineName);
  const services = openServices(plan, { plugins, workers: 0 });
  const programs = await buildPrograms(plan, [plan.trainGraph], services);
  try {
    const { loss, microBatch } = plan.train;
    const section = plan.trainGraph.sections.find(({ outputs }) => outputs.includes(loss))!;
    const program = programs.of(section);
    const limit = engine.memoryLimit ?? totalmem();
    const peak = (samples: number): number => peakOf(() => program.valueAndGradients(syntheticBatch(plan, section, samples), loss));
    const started = performance.now();
    const one = peak(1);
    const seconds = (performance.now() - started) / 1000;
    // Weights and constants are there now; Adam keeps two numbers for each trained one.
    const fixed = tf.memory().numBytes + 8 * programs.variables.count().trainable;
    const perSample = fixed + 2 * one < limit ? Math.max(1, peak(2) - one) : one;
    const shared = Math.max(0, one - perSample);
    const largestMicroBatch = Math.max(0, Math.floor((limit - fixed - shared) / perSample));
    return { engine: engine.name, fixed: fixed + shared, perSample, limit, largestMicroBatch, microBatch, seconds };
  } finally {
    programs.dispose();
    await services.close();
  }
}

function peakOf(run: () => ReturnType<DeviceProgram['valueAndGradients']>): number {
  const { result, bytes } = peakBytes(run);
  tf.dispose([result.loss, ...Object.values(result.gradients), ...Object.values(result.outputs)]);
  return bytes;
}

/** The estimate in a sentence. */
export function renderFit(what: string, fit: MemoryFit): string {
  const size = (bytes: number): string => (bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 30).toFixed(2)} GiB`);
  const verdict = fit.largestMicroBatch === 0 ? 'does not fit'
    : fit.largestMicroBatch < fit.microBatch ? `fits with train.microBatch of ${fit.largestMicroBatch} or less` : `fits with its micro-batch of ${fit.microBatch}`;
  return `${what} on ${fit.engine}: ${verdict} (${size(fit.fixed)} and ${size(fit.perSample)} a sample, of ${size(fit.limit)}; up to ${fit.largestMicroBatch} at once)`;
}
