import { float32, implementHost, SampleError } from '../../../framework/index.js';
import { certainShare, groundTruth } from '../host/ground-truth.js';
import { truth } from '../plugin.js';

export const stage = implementHost(truth, {
  async create({ options }) {
    return {
      run({ skin, landmarks }) {
        const size = skin.shape[0];
        const points = landmarks.data as Float32Array;
        const known = groundTruth(skin.data as Float32Array, points, size);
        const share = certainShare(known, points, size);
        if (share < options.least) throw new SampleError(`only ${Math.round(100 * share)} % of the face is certainly skin`);
        return { mask: float32(known.mask, [size, size, 1]), weight: float32(known.weight, [size, size, 1]) };
      },
    };
  },
});
