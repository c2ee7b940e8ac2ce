import { float32, implementHost } from '../../../framework/index.js';
import { tone } from '../contracts/tone.js';
import { skinTone } from '../host/skin-tone.js';

export const stage = implementHost(tone, {
  async create({ resource }) {
    const face = resource('face');
    return {
      run({ vertices, albedo, light }) {
        const found = skinTone(face, vertices.data as Float32Array, albedo.data, light.data);
        return { albedo: float32([found.albedo], []), shade: float32([found.shade], []) };
      },
    };
  },
});
