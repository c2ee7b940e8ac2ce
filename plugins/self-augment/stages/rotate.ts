import { float32, implementDevice } from '../../../framework/index.js';
import { drawLight } from '../host/draw-light.js';
import { drawPose } from '../host/draw-pose.js';
import { replacePose } from '../maths/replace-pose.js';
import { rotate } from '../plugin.js';

export const stage = implementDevice(rotate, {
  draw: (random, options) => ({
    angles: float32(drawPose(random.fork('pose'), options), [3]),
    light: float32(drawLight(random.fork('light')), [27]),
  }),
  build: ({ options }) => ({
    run: ({ coefficients }, { draws }) => ({
      coefficients: replacePose(coefficients, draws.angles, options.light === 'random' ? draws.light : undefined),
    }),
  }),
});
