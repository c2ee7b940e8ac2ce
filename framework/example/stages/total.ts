import { implementDevice } from '../../index.js';
import { tf } from '../../device/index.js';
import { total } from '../plugin.js';

export const stage = implementDevice(total, {
  build: ({ options }) => ({ run: ({ first, second }) => ({ loss: tf.add(first, tf.mul(second, options.weight)) }) }),
});
