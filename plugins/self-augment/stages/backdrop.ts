import { tf } from '../../../framework/device/index.js';
import { float32, implementDevice } from '../../../framework/index.js';
import { choose } from '../maths/choose.js';
import { backdrop } from '../plugin.js';

export const stage = implementDevice(backdrop, {
  draw: (random, { share }) => ({ turned: float32([random.uniform() < share ? 1 : 0], []) }),
  build: () => ({
    run: ({ image }, { draws: { turned } }) => ({ image: choose(turned, tf.reverse(image, [1]), image) }),
  }),
});
