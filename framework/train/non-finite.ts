/** What happens after a step whose loss or gradient is not finite. The device has left the weights as they were. */
import { FlowError } from '../errors/flow-error.js';
import type { TrainPlan } from '../pipeline/plan.js';
import type { HostTensor } from '../values/host-tensor.js';
import type { Adam, AdamState } from './adam.js';
import type { NamedVariable } from './program.js';
import { readVariables, writeVariables } from './variables.js';

/** So many non-finite steps in a row end a run under any policy: the weights themselves must be at fault. */
const mostInARow = 10;

export interface NonFiniteGuard {
  readonly inARow: number;
  /** Keeps the present weights and moments to roll back to; nothing under other policies. */
  remember(): Promise<void>;
  /** Throws FLOW_NON_FINITE when the policy, or the number in a row, says so. */
  decide(step: number, keys: readonly string[], values: Readonly<Record<string, number>>): 'skipStep' | 'rollback';
  goBack(): void;
  passed(): void;
}

/** The guard of a policy; `startingWith` steps in a row were not finite before. */
export function createGuard(
  policy: TrainPlan['onNonFinite'], variables: readonly NamedVariable[], adam: Adam, startingWith: number,
): NonFiniteGuard {
  let inARow = startingWith;
  let snapshot: { variables: Map<string, HostTensor>; adam: AdamState } | undefined;
  return {
    get inARow() {
      return inARow;
    },
    remember: async () => {
      if (policy === 'rollback') snapshot = { variables: await readVariables(variables), adam: await adam.state() };
    },
    decide: (step, keys, values) => {
      inARow++;
      if (policy === 'fail' || inARow > mostInARow) throw nonFiniteError(step, keys, values, policy);
      return policy;
    },
    goBack: () => {
      if (!snapshot) return;
      writeVariables(variables, snapshot.variables);
      adam.restore(snapshot.adam);
    },
    passed: () => {
      inARow = 0;
    },
  };
}

function nonFiniteError(
  step: number, keys: readonly string[], values: Readonly<Record<string, number>>, policy: TrainPlan['onNonFinite'],
): FlowError {
  const bad = Object.entries(values).filter(([, value]) => !Number.isFinite(value)).map(([name, value]) => `${name} = ${value}`);
  return new FlowError('FLOW_NON_FINITE', {
    message: policy === 'fail'
      ? `Step ${step} is not finite; the weights are those of step ${step - 1}.`
      : `Step ${step} and the ${mostInARow} before it are not finite.`,
    expected: 'a finite loss and finite gradients',
    got: bad.length ? bad.join(', ') : 'a finite loss, but a gradient that is not',
    keys,
    cure: 'Lower train.optimizer.learningRate, set train.clipNorm, or set train.onNonFinite to skipStep or rollback.',
  });
}
