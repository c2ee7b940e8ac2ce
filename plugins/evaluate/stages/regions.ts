import { implementDevice } from '../../../framework/index.js';
import { splitRegion } from '../maths/split-region.js';
import { regions } from '../plugin.js';

export const stage = implementDevice(regions, {
  build: () => ({
    run({ mask, occluder, coverage }) {
      const whole = coverage ? mask.mul(coverage) : mask.clone();
      return { whole, ...splitRegion(whole, occluder) };
    },
  }),
});
