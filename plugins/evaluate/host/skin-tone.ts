/** Tone of skin and shade of its light. */
import { shadeHost, vertexNormalsHost } from '../../rasterizer/index.js';

export interface SkinMesh {
  readonly triangles: Int32Array;
  /** [V] 1 on skin. */
  readonly skinMask: ArrayLike<number>;
}

export interface SkinTone {
  /** Mean luminance of the albedo. */
  readonly albedo: number;
  /** Mean luminance of the shade: of what the light makes of white. */
  readonly shade: number;
}

/** Rec. 709's shares of red, green and blue, on the numbers of pictures as they are. */
const luminance = [0.2126, 0.7152, 0.0722] as const;

/**
 * Means over the skin vertices that face the camera (n_z > 0), each counting as much as it faces it, as in the picture.
 *
 * @param vertices [V*3] dm, posed. @param albedo [V*3]. @param light [27].
 */
export function skinTone({ triangles, skinMask }: SkinMesh, vertices: Float32Array, albedo: ArrayLike<number>, light: ArrayLike<number>): SkinTone {
  const normals = vertexNormalsHost(vertices, triangles);
  const shade = shadeHost(normals, Float64Array.from(light));
  const sums = { albedo: 0, shade: 0, weight: 0 };
  for (let vertex = 0; vertex < skinMask.length; vertex++) {
    const weight = skinMask[vertex] * Math.max(0, normals[3 * vertex + 2]);
    sums.weight += weight;
    luminance.forEach((share, channel) => {
      sums.albedo += weight * share * albedo[3 * vertex + channel];
      sums.shade += weight * share * shade[3 * vertex + channel];
    });
  }
  return { albedo: sums.albedo / sums.weight, shade: sums.shade / sums.weight };
}
