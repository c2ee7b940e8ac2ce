import { float32, implementHost } from '../../../framework/index.js';
import { segmentFace } from '../host/segment-face.js';
import { segment } from '../plugin.js';

export const stage = implementHost(segment, {
  async create({ options }) {
    return {
      run({ image, landmarks }) {
        const size = image.shape[0];
        const probability = segmentFace(image.data as Float32Array, landmarks.data as Float32Array, size);
        const mask = options.soft ? probability : probability.map((value) => (value > 0.5 ? 1 : 0));
        return { mask: float32(mask, [size, size, 1]) };
      },
    };
  },
});
