import { float32, implementDevice } from '../../index.js';
import { tf } from '../../device/index.js';
import { jitter } from '../plugin.js';

export const stage = implementDevice(jitter, {
  draw: (random, { amount }) => ({ step: float32([amount * random.normal(), amount * random.normal()], [2]) }),
  build: () => ({
    run: ({ place }, { draws }) => ({ place: tf.add(place, draws.step) }),
  }),
});
