import { tf } from '../../../framework/device/index.js';
import { implementDevice } from '../../../framework/index.js';
import { segmentation as contract } from '../contracts/segmentation.js';
import { crossEntropy, softDice } from '../maths/segmentation.js';

export const stage = implementDevice(contract, {
  build: ({ options }) => ({
    run: ({ logits, mask, weight }) => ({ value: tf.add(crossEntropy(logits, mask, weight), tf.mul(softDice(logits, mask, weight), options.dice)) }),
  }),
});
