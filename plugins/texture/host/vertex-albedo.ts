import { sampleInto, shrunk } from './sample.js';

/**
 * The texture at the vertices. It is halved first until a texel is about half as wide as the vertices lie apart, so that each
 * vertex has the mean of its surroundings and not of one point.
 *
 * @param texture [T*T*3]
 * @param uvs [V*2] u right, v up
 * @returns [V*3]
 */
export function vertexAlbedo(texture: Float32Array, size: number, uvs: Float32Array): Float32Array {
  const count = uvs.length / 2;
  const picture = shrunk({ width: size, height: size, channels: 3, data: texture }, 4 * Math.sqrt(count));
  const albedo = new Float32Array(count * 3);
  for (let vertex = 0; vertex < count; vertex++) {
    sampleInto(picture, uvs[vertex * 2]! * picture.width, (1 - uvs[vertex * 2 + 1]!) * picture.height, albedo, vertex * 3);
  }
  return albedo;
}
