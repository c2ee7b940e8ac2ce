import { tf } from '../../../framework/device/index.js';
import { float32, implementDevice } from '../../../framework/index.js';
import { mirrorSigns } from '../host/mirror-signs.js';
import { choose } from '../maths/choose.js';
import { mirror } from '../plugin.js';

export const stage = implementDevice(mirror, {
  draw: (random, { share }) => ({ mirrored: float32([random.uniform() < share ? 1 : 0], []) }),
  build: ({ resource, constant }) => {
    const signs = constant('mirror-signs', () => float32(mirrorSigns(resource('face')), [257]));
    return {
      run: ({ image, coefficients }, { draws: { mirrored } }) => ({
        image: choose(mirrored, tf.reverse(image, [2]), image),
        coefficients: choose(mirrored, tf.mul(coefficients, signs), coefficients),
      }),
    };
  },
});
