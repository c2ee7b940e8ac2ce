import { float32, implementHost } from '../../../framework/index.js';
import { alignFace } from '../host/align-face.js';
import { loadFaceNetworks } from '../networks/face-networks.js';
import { align } from '../plugin.js';

export const stage = implementHost(align, {
  async create({ options }) {
    const networks = await loadFaceNetworks();
    return {
      run({ photo, face }) {
        const [height, width] = photo.shape;
        const aligned = alignFace({ width, height, data: photo.data as Uint8Array }, face?.box ?? null, networks, options);
        return {
          image: float32(aligned.image, [options.size, options.size, 3]),
          landmarks: float32(aligned.landmarks, [468, 2]),
          landmarks68: float32(aligned.landmarks68, [68, 2]),
          transform: float32(aligned.transform, [2, 3]),
          box: float32(aligned.box, [4]),
          confidence: float32([aligned.confidence], []),
          disagreement: float32([aligned.disagreement], []),
          located: aligned.located,
        };
      },
      close: async () => networks.dispose(),
    };
  },
});
