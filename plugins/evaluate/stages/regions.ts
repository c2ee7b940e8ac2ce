import { implementDevice } from '../../../framework/index.js';
import { splitRegion } from '../maths/split-region.js';
import { regions } from '../plugin.js';

export const stage = implementDevice(regions, {
  build: () => ({ run: ({ mask, occluder }) => ({ whole: mask.clone(), ...splitRegion(mask, occluder) }) }),
});
