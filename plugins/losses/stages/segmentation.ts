import { tf, type Tensor } from '../../../framework/device/index.js';
import { implementDevice } from '../../../framework/index.js';
import { segmentation as contract } from '../contracts/segmentation.js';
import { crossEntropy, softDice } from '../maths/segmentation.js';

export const stage = implementDevice(contract, {
  build: ({ options: { negatives, dice } }) => ({
    run: ({ logits, mask, weight }) => {
      const ofClass = tf.add(tf.mul(mask, 1 - negatives), negatives);
      const balanced: Tensor = weight ? tf.mul(weight, ofClass) : ofClass;
      return { value: tf.add(crossEntropy(logits, mask, balanced), tf.mul(softDice(logits, mask, weight), dice)) };
    },
  }),
});
