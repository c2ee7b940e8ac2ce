import { implementDevice } from '../../index.js';
import { tf } from '../../device/index.js';
import { squaredError } from '../plugin.js';

export const stage = implementDevice(squaredError, {
  build: () => ({ run: ({ a, b }) => ({ value: tf.squaredDifference(a, b) }) }),
});
