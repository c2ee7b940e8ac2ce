import { implementDevice } from '../../../framework/index.js';
import { lightPrior as contract } from '../contracts/coefficients.js';
import { groupOf } from '../maths/coefficient-groups.js';
import { lightPrior } from '../maths/light-prior.js';

export const stage = implementDevice(contract, {
  build: ({ options }) => ({ run: ({ coefficients }) => ({ value: lightPrior(groupOf(coefficients, 'light'), options) }) }),
});
