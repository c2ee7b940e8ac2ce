import { implementDevice } from 'faceflow';
import { tf } from 'faceflow/device';
import { squaredError } from '../plugin.js';

export const stage = implementDevice(squaredError, {
  build: () => ({ run: ({ prediction, target }) => ({ value: tf.squaredDifference(prediction, target) }) }),
});
