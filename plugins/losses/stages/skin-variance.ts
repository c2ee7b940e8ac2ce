import { float32, implementDevice } from '../../../framework/index.js';
import { skinVariance as contract } from '../contracts/coefficients.js';
import { skinVariance } from '../maths/skin-variance.js';

export const stage = implementDevice(contract, {
  build: ({ resource, constant }) => {
    const { skinMask } = resource('face');
    const skin = constant('face/skin-share', () => {
      const whole = Array.from(skinMask).reduce((sum, value) => sum + value, 0);
      return float32(Float32Array.from(skinMask, (value) => value / whole), [skinMask.length, 1]);
    });
    return { run: ({ albedo }) => ({ value: skinVariance(albedo, skin) }) };
  },
});
