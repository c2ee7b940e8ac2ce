/** Validation: the validation sources once through the graph, to metrics and sinks. */
import { join } from 'node:path';
import { runStreams } from '../flow/run-streams.js';
import { FlowError } from '../errors/flow-error.js';
import { loggable, type ValidationMetrics } from '../run/metrics.js';
import { isHostTensor } from '../values/host-tensor.js';
import type { ValidationHook } from './loop.js';
import type { Session } from './session.js';

/** The hook of the loop; undefined for a pipeline that does not validate. */
export function validationOf({ plan, services, programs, folder }: Session): ValidationHook | undefined {
  const { validate, validateGraph } = plan;
  if (!validate || !validateGraph) return undefined;
  const sections = programs.runners(validateGraph);
  const sinks = validateGraph.stages.map((name) => plan.stages.get(name)!).filter(({ contract }) => contract.kind === 'sink');
  return {
    everySteps: validate.everySteps,
    best: validate.best,
    run: async (step): Promise<ValidationMetrics> => {
      const due = sinks.filter(({ everySteps = 1 }) => step % everySteps === 0).map(({ name }) => name);
      if (due.length === 0 && validate.metrics.length === 0) return { step, samples: 0, values: {} };
      const result = await runStreams(plan, validateGraph, {
        sinks: due, services, sections, step, collect: validate.metrics, samples: validate.samples, sources: validate.sources,
        folder: (stage) => join(folder.samples, stage),
      });
      const means = validate.metrics.map((metric) => [metric, loggable(meanOf(metric, result.collected[metric] ?? []))] as const);
      return { step, samples: result.finished, values: Object.fromEntries(means) };
    },
  };
}

/** Mean over the samples; in float64, in their order. NaN without samples. */
export function meanOf(metric: string, values: readonly unknown[]): number {
  return values.reduce<number>((sum, value) => sum + numberOf(metric, value), 0) / values.length;
}

function numberOf(metric: string, value: unknown): number {
  if (typeof value === 'number') return value;
  if (isHostTensor(value) && value.data.length === 1) return value.data[0]!;
  throw new FlowError('FLOW_TRAIN', { message: `The metric "${metric}" is not one number for a sample.`, who: metric });
}
