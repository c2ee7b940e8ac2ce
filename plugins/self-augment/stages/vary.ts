import { tf } from '../../../framework/device/index.js';
import { float32, implementDevice } from '../../../framework/index.js';
import { drawVariation } from '../host/draw-variation.js';
import { vary } from '../plugin.js';

export const stage = implementDevice(vary, {
  draw: (random, options) => {
    const { keep, change } = drawVariation(random, options);
    return { keep: float32(keep, [257]), change: float32(change, [257]) };
  },
  build: () => ({
    run: ({ coefficients }, { draws }) => ({ coefficients: tf.add(tf.mul(coefficients, draws.keep), draws.change) }),
  }),
});
