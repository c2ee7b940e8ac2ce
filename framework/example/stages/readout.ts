import { implementDevice } from '../../index.js';
import { tf } from '../../device/index.js';
import { readout } from '../plugin.js';

export const stage = implementDevice(readout, {
  build({ shapeOf, variable }) {
    const weights = variable('weights', shapeOf('units'), (random, [units]) => Float32Array.from({ length: units! }, () => random.normal() / Math.sqrt(units!)));
    return { run: ({ units }) => ({ value: tf.sum(tf.mul(units, weights), 1) }) };
  },
});
