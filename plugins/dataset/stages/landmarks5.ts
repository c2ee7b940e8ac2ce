import { float32, implementHost, SampleError } from '../../../framework/index.js';
import { landmarks5 } from '../plugin.js';

export const stage = implementHost(landmarks5, {
  create: async () => ({
    run({ truth }) {
      if (truth?.landmarks5) return { points: float32(Float32Array.from(truth.landmarks5), [5, 2]) };
      throw new SampleError('The data set gives no five landmarks for this photo.', {
        reason: 'no-truth', expected: 'CelebA with list_landmarks_celeba.txt or list_landmarks_align_celeba.txt', cure: 'put the list beside the photos',
      });
    },
  }),
});
