import { float32, implementHost, randomFor } from '../../../framework/index.js';
import { readHandMesh } from '../../coarse-3dmm/index.js';
import { augment } from '../host/augment.js';
import { coverFace } from '../host/cover-face.js';
import { readCutOuts } from '../host/cut-outs.js';
import { cover } from '../plugin.js';

export const stage = implementHost(cover, {
  async create({ options }) {
    const cutOuts = options.cutouts === '' ? [] : await readCutOuts(options.cutouts, options.without);
    const hand = await readHandMesh();
    return {
      async run({ image, landmarks, mask, weight }, { key, epoch }) {
        const size = image.shape[0];
        const random = randomFor('occluders/cover', options.seed, key, epoch);
        const face = {
          image: image.data as Float32Array, mask: mask.data as Float32Array,
          weight: weight ? (weight.data as Float32Array) : new Float32Array(size * size).fill(1),
        };
        const covered = coverFace(face, landmarks.data as Float32Array, size, random.fork('cover'), { cutOuts, hand }, options);
        const seen = options.augment ? await augment(covered, size, random.fork('augment')) : covered;
        return {
          image: float32(seen.image, [size, size, 3]), mask: float32(seen.mask, [size, size, 1]), weight: float32(seen.weight, [size, size, 1]),
          cover: float32(seen.cover, [size, size, 1]), kind: seen.kind,
        };
      },
    };
  },
});
