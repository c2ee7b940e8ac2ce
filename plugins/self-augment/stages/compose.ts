import { implementDevice } from '../../../framework/index.js';
import { pasteLayer } from '../maths/paste.js';
import { compose } from '../plugin.js';

export const stage = implementDevice(compose, {
  build: () => ({ run: ({ render, coverage, photo }) => ({ image: pasteLayer(render, coverage, photo) }) }),
});
