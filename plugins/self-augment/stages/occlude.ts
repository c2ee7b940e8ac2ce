import { resizeByMatrices, tf, type Tensor } from '../../../framework/device/index.js';
import { float32, implementDevice } from '../../../framework/index.js';
import { drawOccluders } from '../host/draw-occluder.js';
import { pasteLayer } from '../maths/paste.js';
import { occlude } from '../plugin.js';

/** A pixel that an occluder tints less than this counts as visible. */
const visible = 1 / 64;

export const stage = implementDevice(occlude, {
  draw: (random, options) => ({ occluder: float32(drawOccluders(random, options), [options.size, options.size, 4]) }),
  build: ({ options }) => ({
    run: ({ image }, { draws }) => {
      const side = image.shape[1]!;
      const fitted = side === options.size ? draws.occluder : resizeByMatrices(draws.occluder, side, side);
      const [layer, opacity] = tf.split(fitted, [3, 1], 3) as [Tensor, Tensor];
      return { image: pasteLayer(layer, opacity, image), mask: tf.step(tf.sub(opacity, visible)) };
    },
  }),
});
