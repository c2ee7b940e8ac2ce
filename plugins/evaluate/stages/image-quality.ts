import { implementDevice } from '../../../framework/index.js';
import { psnr } from '../maths/psnr.js';
import { ssim } from '../maths/ssim.js';
import { imageQuality } from '../plugin.js';

export const stage = implementDevice(imageQuality, {
  build: () => ({
    run: ({ image, reference, region }) => ({ psnr: psnr(image, reference, region), ssim: ssim(image, reference, region) }),
  }),
});
