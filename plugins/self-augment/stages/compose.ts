import { implementDevice } from '../../../framework/index.js';
import { paste } from '../maths/paste.js';
import { compose } from '../plugin.js';

export const stage = implementDevice(compose, {
  build: () => ({ run: ({ render, coverage, photo }) => ({ image: paste(render, coverage, photo) }) }),
});
