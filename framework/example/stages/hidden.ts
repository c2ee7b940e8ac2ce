import { implementDevice } from '../../index.js';
import { tf } from '../../device/index.js';
import { hidden } from '../plugin.js';

export const stage = implementDevice(hidden, {
  build({ options, variable }) {
    const kernel = variable('kernel', [2, options.units], (random, [, units]) => Float32Array.from({ length: 2 * units! }, () => 2 * random.normal()));
    const bias = variable('bias', [options.units], (random, [units]) => Float32Array.from({ length: units! }, () => random.normal()));
    return {
      run: ({ x }) => ({ units: tf.tanh(tf.add(tf.matMul(x as tf.Tensor2D, kernel as unknown as tf.Tensor2D), bias)) }),
    };
  },
});
