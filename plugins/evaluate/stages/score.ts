import { tf } from '../../../framework/device/index.js';
import { implementDevice } from '../../../framework/index.js';
import { score } from '../contracts/methods.js';
import { psnr } from '../maths/psnr.js';
import { splitRegion } from '../maths/split-region.js';
import { ssim } from '../maths/ssim.js';

export const stage = implementDevice(score, {
  build: ({ inputs }) => {
    const methods = inputs.filter((name) => !Object.hasOwn(score.in, name));
    return {
      run: (values) => {
        const { reference, region, occluder } = values;
        const { visible, occluded } = splitRegion(region, occluder);
        return Object.fromEntries(methods.map((name) => {
          const image = values[name]!;
          const parts = [region, visible, occluded].map((part) => psnr(image, reference, part));
          return [name, tf.stack([...parts, ssim(image, reference, region)], 1)];
        }));
      },
    };
  },
});
