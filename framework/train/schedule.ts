import type { TrainPlan } from '../pipeline/plan.js';

/**
 * Learning rate of a step: η₀ · factor^⌊n / every⌋, where n counts finished steps or epochs.
 *
 * `step` counts from 1, `epoch` from 0.
 */
export function learningRateAt(plan: Pick<TrainPlan, 'optimizer' | 'decay'>, step: number, epoch: number): number {
  const { factor, every } = plan.decay;
  const periods = 'steps' in every ? Math.floor((step - 1) / every.steps) : Math.floor(epoch / every.epochs);
  return plan.optimizer.learningRate * factor ** periods;
}
