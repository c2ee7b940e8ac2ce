import { tf } from '../../../framework/device/index.js';
import { float32, implementDevice } from '../../../framework/index.js';
import { meshConsistency } from '../contracts/coefficients.js';
import { meshWeights } from '../host/mesh-weights.js';

export const stage = implementDevice(meshConsistency, {
  build: ({ options, resource, constant }) => {
    const weights = constant('mesh-weights', () => float32(meshWeights(resource('face'), options), [257]));
    return {
      run: ({ predicted, target }) => ({ value: tf.sum(tf.mul(tf.squaredDifference(predicted, target), weights), 1) }),
    };
  },
});
