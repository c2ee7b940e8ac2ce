import { implementDevice } from '../../../framework/index.js';
import { regress } from '../contracts.js';
import { makeCoefficientRegressor } from '../networks/coefficient-regressor.js';

export const stage = implementDevice(regress, {
  build: ({ options, variable }) => {
    const run = makeCoefficientRegressor(options.backbone, variable);
    return { run: ({ image }) => ({ coefficients: run(image) }) };
  },
});
