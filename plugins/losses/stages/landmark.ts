import { float32, implementDevice } from '../../../framework/index.js';
import { landmark as contract } from '../contracts/coefficients.js';
import { deep3dLandmarkWeights, landmarkDistance } from '../maths/landmark.js';

export const stage = implementDevice(contract, {
  build: ({ options, constant }) => {
    const weights = constant('weights', () => float32(deep3dLandmarkWeights, [68]));
    return { run: ({ predicted, target }) => ({ value: landmarkDistance(predicted, target, weights, 224 / options.size) }) };
  },
});
