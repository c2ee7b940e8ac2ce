import { float32, FlowError, implementHost, SampleError } from '../../../framework/index.js';
import type { Affine } from '../../preprocess/index.js';
import { atlasOf, onTexels } from '../host/atlas.js';
import { believe, weighed } from '../host/believe.js';
import { complete } from '../host/complete.js';
import { judgeLayer } from '../host/judge-layer.js';
import { photoLayer, type Layer } from '../host/photo-layer.js';
import { photoPixels } from '../host/photo-pixels.js';
import { strictness } from '../host/strictness.js';
import { vertexAlbedo } from '../host/vertex-albedo.js';
import { fromPhoto } from '../plugin.js';

export const stage = implementHost(fromPhoto, {
  async create({ options: { size, source }, resource, stage: name }) {
    const face = resource('face');
    const atlas = atlasOf(face, size);
    if (!atlas) {
      throw new FlowError('FLOW_OPTION', { message: 'This face model cannot be unfolded: it is no single surface with one outline.', who: name });
    }
    const strict = onTexels(strictness(face), 1, face.triangles, atlas);
    return {
      run({ image, mask, vertices, albedo, light, photo, transform, sources }) {
        if ((photo === undefined) !== (transform === undefined)) {
          throw new SampleError('Without both "photo" and "transform" the photo\'s own pixels cannot be found.', {
            cure: `Connect both inputs of "${name}", or neither.`,
          });
        }
        const model = onTexels(albedo.data, 3, face.triangles, atlas);
        const seen = (): Layer => {
          const maskSize = image.shape[0]!;
          const picture = photo && transform
            ? photoPixels({ height: photo.shape[0]!, width: photo.shape[1]!, data: photo.data as Uint8Array }, Array.from(transform.data) as unknown as Affine, maskSize)
            : { width: maskSize, height: maskSize, channels: 3, data: image.data as Float32Array };
          return photoLayer({
            vertices: vertices.data as Float32Array, triangles: face.triangles, light: light.data as Float32Array, picture, mask: mask.data, maskSize,
          }, atlas);
        };
        const believed = sources && onTexels(believe(sources.data), 1, face.triangles, atlas);
        const layer = source === 'photo' ? judgeLayer(weighed(seen(), believed), model, strict, size) : { albedo: new Float32Array(3 * size * size), weights: new Float32Array(size * size) };
        const texture = complete(layer, model, face, atlas);
        return {
          texture: float32(texture, [size, size, 3]),
          confidence: float32(layer.weights, [size, size, 1]),
          uvs: float32(atlas.uvs.slice(), [face.vertexCount, 2]),
          albedo: float32(vertexAlbedo(texture, size, atlas.uvs), [face.vertexCount, 3]),
        };
      },
    };
  },
});
