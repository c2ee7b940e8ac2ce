import { tf } from '../../../framework/device/index.js';
import { implementDevice } from '../../../framework/index.js';
import { total as contract } from '../contracts/faces.js';
import { weightsOf } from '../host/named-weights.js';
import { weightedTerms } from '../maths/weighted-sum.js';

/** The paper's weights (section 4.1); those of self-augmentation and of known coefficients are ours. */
const knownWeights = { photometric: 1, identity: 0.2, attribute: 0.005, robustified: 0.001, selfAugmentation: 1, consistency: 1 };

export const stage = implementDevice(contract, {
  build: ({ options, stage: name, inputs }) => {
    const weights = weightsOf(name, inputs, { ...knownWeights, ...options.weights });
    return {
      run: (values) => {
        const terms = weightedTerms(inputs.map((input) => values[input]!), weights);
        return { ...Object.fromEntries(inputs.map((input, index) => [input, terms[index]!])), loss: tf.addN(terms) };
      },
    };
  },
});
