import { implementDevice } from '../../../framework/index.js';
import { photometric as contract } from '../contracts/faces.js';
import { photometric } from '../maths/photometric.js';

export const stage = implementDevice(contract, {
  build: () => ({
    run: ({ image, render, mask, coverage, exclude }) => ({
      value: photometric({ image, render, masks: [mask, coverage].filter((each) => each !== undefined), exclude }),
    }),
  }),
});
