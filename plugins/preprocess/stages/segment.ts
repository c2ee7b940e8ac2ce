import { float32, implementHost } from '../../../framework/index.js';
import { parseFace } from '../host/parse-face.js';
import { segmentFace } from '../host/segment-face.js';
import { loadFaceParser, parserSize, shippedParser } from '../networks/load-parser.js';
import { segment } from '../plugin.js';

export const stage = implementHost(segment, {
  async create({ options }) {
    const parser = options.parser === 'colour' ? undefined : await loadFaceParser(options.parser === 'unet' ? shippedParser() : options.parser);
    return {
      run({ image, landmarks }) {
        const size = image.shape[0];
        const [pixels, points] = [image.data as Float32Array, landmarks.data as Float32Array];
        const probability = parser ? parseFace(pixels, points, size, parser, parserSize) : segmentFace(pixels, points, size);
        const mask = options.soft ? probability : probability.map((value) => (value > 0.5 ? 1 : 0));
        return { mask: float32(mask, [size, size, 1]) };
      },
      close: async () => parser?.dispose(),
    };
  },
});
