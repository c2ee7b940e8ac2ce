import { implementDevice } from '../../../framework/index.js';
import { coefficientConsistency as contract } from '../contracts/coefficients.js';
import { coefficientConsistency } from '../maths/coefficient-consistency.js';

export const stage = implementDevice(contract, {
  build: ({ options }) => ({
    run: ({ predicted, target }) => ({ value: coefficientConsistency(predicted, target, options.weights, options.scales) }),
  }),
});
