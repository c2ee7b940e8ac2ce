import { interpolateHost, rasterizeHost } from '../../rasterizer/index.js';
import { toByte } from './colour.js';
import type { Picture } from './picture.js';

export interface BakedTexture {
  readonly picture: Picture;
  /** [V*2] coordinates in the picture, u right, v up, both in [0, 1]. */
  readonly uvs: Float32Array;
}

/** Free border around the face, as a share of the texture's side. */
const margin = 0.02;

/**
 * Vertex colours painted into texture space. The coordinates are moved and scaled to fill the square, since a face is a small part of a
 * body's texture. Texels outside every triangle take the colour of the nearest covered one, so that filtering shows no seam.
 *
 * @param uvs [V*2] texture coordinates, v up
 * @param colours [V*3] sRGB
 * @param size width and height of the texture, px
 */
export function bakeTexture(uvs: Float32Array, triangles: Int32Array, colours: Float32Array, size: number): BakedTexture {
  const fitted = fitUnitSquare(uvs);
  const flat = new Float64Array((fitted.length / 2) * 3);
  for (let vertex = 0; vertex < fitted.length / 2; vertex++) {
    flat[vertex * 3] = fitted[vertex * 2]! - 0.5;
    flat[vertex * 3 + 1] = fitted[vertex * 2 + 1]! - 0.5;
  }
  // With focal length and distance of one, the plane z = 0 maps onto the whole image, left to right and top down.
  const raster = rasterizeHost(flat, triangles, size, { focal: 1, distance: 1 });
  const data = Uint8Array.from(interpolateHost(colours, 3, triangles, raster), toByte);
  spread(data, Uint8Array.from(raster.ids, (id) => (id >= 0 ? 1 : 0)), size);
  return { picture: { width: size, height: size, data }, uvs: fitted };
}

/** One factor for both axes, so that nothing is distorted. */
function fitUnitSquare(uvs: Float32Array): Float32Array {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  uvs.forEach((value, index) => {
    low[index % 2] = Math.min(low[index % 2]!, value);
    high[index % 2] = Math.max(high[index % 2]!, value);
  });
  const scale = (1 - 2 * margin) / Math.max(high[0]! - low[0]!, high[1]! - low[1]!, 1e-12);
  return uvs.map((value, index) => 0.5 + (value - (low[index % 2]! + high[index % 2]!) / 2) * scale);
}

/** Breadth-first from the covered texels outwards; each new texel takes the colour of the one that reached it. */
function spread(data: Uint8Array, covered: Uint8Array, size: number): void {
  const queue = new Int32Array(size * size);
  let end = 0;
  covered.forEach((is, texel) => {
    if (is) queue[end++] = texel;
  });
  for (let begin = 0; begin < end; begin++) {
    const texel = queue[begin]!;
    const column = texel % size;
    for (const step of [column > 0 ? -1 : 0, column < size - 1 ? 1 : 0, -size, size]) {
      const next = texel + step;
      if (next < 0 || next >= size * size || covered[next]) continue;
      covered[next] = 1;
      data.copyWithin(next * 3, texel * 3, texel * 3 + 3);
      queue[end++] = next;
    }
  }
}
