import { float32, implementHost } from '../../../framework/index.js';
import { drawAnnotations } from '../host/draw-annotations.js';
import { annotate } from '../plugin.js';

export const stage = implementHost(annotate, {
  create: async () => ({
    run({ image, landmarks68, located, mask }) {
      const size = image.shape[0];
      const drawn = drawAnnotations(image.data as Float32Array, size, {
        landmarks68: landmarks68.data as Float32Array, mask: mask?.data as Float32Array | undefined, located,
      });
      return { image: float32(drawn, [size, size, 3]) };
    },
  }),
});
