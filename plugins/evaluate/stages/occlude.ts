import { float32, implementHost } from '../../../framework/index.js';
import { occludeFace } from '../host/occlude-face.js';
import { occlude } from '../plugin.js';

export const stage = implementHost(occlude, {
  async create({ options }) {
    return {
      run({ image, landmarks }, { key }) {
        const size = image.shape[0];
        const occluded = occludeFace(image.data as Float32Array, landmarks.data as Float32Array, size, key, options);
        return {
          image: float32(occluded.image, [size, size, 3]), occluder: float32(occluded.occluder, [size, size, 1]), kind: occluded.kind,
        };
      },
    };
  },
});
