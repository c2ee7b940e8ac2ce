import { tf } from '../../../framework/device/index.js';
import { implementDevice } from '../../../framework/index.js';
import { showMask } from '../plugin.js';

export const stage = implementDevice(showMask, {
  build: () => ({
    run: ({ image, mask }) => {
      const dark = tf.add(tf.mul(image, 0.3), tf.tensor1d([0, 0, 0.35]));
      return { image: tf.add(dark, tf.mul(tf.sub(image, dark), mask)) };
    },
  }),
});
