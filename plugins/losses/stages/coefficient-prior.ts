import { implementDevice } from '../../../framework/index.js';
import { coefficientPrior as contract } from '../contracts/coefficients.js';
import { coefficientPrior } from '../maths/coefficient-prior.js';

export const stage = implementDevice(contract, {
  build: ({ options }) => ({ run: ({ coefficients }) => ({ value: coefficientPrior(coefficients, options) }) }),
});
