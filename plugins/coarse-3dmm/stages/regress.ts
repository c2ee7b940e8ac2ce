import { implementDevice } from '../../../framework/index.js';
import { regress } from '../contracts.js';
import { makeCoefficientRegressor } from '../networks/coefficient-regressor.js';

export const stage = implementDevice(regress, {
  build: ({ options, variable }) => {
    const { features, heads } = makeCoefficientRegressor(options.backbone, variable);
    return {
      run: ({ image }) => {
        const found = features(image);
        return { features: found, coefficients: heads(found) };
      },
    };
  },
});
