import { FlowError, implementDevice } from '../../../framework/index.js';
import { selfAugmentation as contract } from '../contracts/faces.js';
import { weightsOf } from '../host/named-weights.js';
import { weightedSum } from '../maths/weighted-sum.js';

export const stage = implementDevice(contract, {
  build: ({ options, stage: name, inputs }) => {
    const weights = weightsOf(name, inputs, options.weights, 1);
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    if (whole === 0) throw new FlowError('FLOW_OPTION', { who: name, message: 'all pairs have weight 0' });
    const shares = weights.map((weight) => weight / whole);
    return { run: (values) => ({ value: weightedSum(inputs.map((input) => values[input]!), shares) }) };
  },
});
