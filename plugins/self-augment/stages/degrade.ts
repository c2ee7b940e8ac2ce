import { resizeByMatrices, stopGradient, tf } from '../../../framework/device/index.js';
import { float32, implementDevice } from '../../../framework/index.js';
import { pixelNoise } from '../host/pixel-noise.js';
import { choose } from '../maths/choose.js';
import { degrade } from '../plugin.js';

export const stage = implementDevice(degrade, {
  draw: (random, { size, exposure, softness, noise }) => {
    return {
      gain: float32([Math.exp(exposure * random.normal())], []),
      softness: float32([softness * random.uniform()], []),
      noise: float32(pixelNoise(random, size * size * 3, noise * random.uniform()), [size, size, 3]),
    };
  },
  build: () => ({
    run: ({ image }, { draws: { gain, softness, noise } }) => ({
      image: stopGradient(tf.tidy(() => {
        const side = image.shape[1]!;
        const soft = resizeByMatrices(resizeByMatrices(image, side >> 1, side >> 1), side, side);
        const exposed = tf.mul(choose(softness, soft, image), tf.reshape(gain, [-1, 1, 1, 1]));
        return tf.clipByValue(tf.add(exposed, noise), 0, 1);
      })),
    }),
  }),
});
