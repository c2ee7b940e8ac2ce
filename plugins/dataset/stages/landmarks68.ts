import { float32, implementHost, SampleError } from '../../../framework/index.js';
import { landmarks68 } from '../plugin.js';

export const stage = implementHost(landmarks68, {
  create: async () => ({
    run({ truth }) {
      if (truth?.landmarks68) {
        return { landmarks: float32(Float32Array.from(truth.landmarks68), [68, 2]), yaw: float32([truth.pose?.[1] ?? Number.NaN], []) };
      }
      throw new SampleError('The data set gives no 68 landmarks for this photo.', {
        reason: 'no-truth', expected: 'AFLW2000-3D: a MAT file of the photo\'s name beside it', cure: 'put the MAT files beside the photos',
      });
    },
  }),
});
