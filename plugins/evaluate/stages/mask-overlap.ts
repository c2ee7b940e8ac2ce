import { implementDevice } from '../../../framework/index.js';
import { maskOverlap as overlap } from '../maths/mask-overlap.js';
import { maskOverlap } from '../plugin.js';

export const stage = implementDevice(maskOverlap, {
  build: () => ({ run: ({ mask, reference, weight }) => overlap(mask, reference, weight) }),
});
