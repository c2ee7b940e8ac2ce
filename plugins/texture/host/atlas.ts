/** Where each texel of a texture lies on the mesh. Made once for each face model and size. */
import { rasterizeHost } from '../../rasterizer/index.js';
import { unfold } from './unfold.js';

/** What an atlas needs to know of a face model. */
export interface UnfoldableMesh {
  /** F triples of vertex indices, counter-clockwise seen from outside. */
  readonly triangles: Int32Array;
  readonly vertexCount: number;
  /** [V*3] dm, facing +z */
  readonly meanShape: Float32Array;
  /** [68] vertices of the customary landmarks. */
  readonly landmarks: Int32Array;
}

export interface Atlas {
  /** Side of the texture, px. */
  readonly size: number;
  /** [V*2] texture coordinates, u right, v up, in [0, 1]. */
  readonly uvs: Float32Array;
  /** [T*T] triangle of each texel, top row first; −1 outside the mesh. */
  readonly triangleOf: Int32Array;
  /** [T*T*3] weights of the triangle's corners. */
  readonly weights: Float32Array;
}

/** Eyes and mouth: the landmarks from 36 on. They get up to this many times the texels a length, falling off over `reach`, dm. */
const firstFeature = 36;
const featureDensity = 2.2;
const reach = 0.12;

const known = new WeakMap<UnfoldableMesh, Atlas>();

/** The atlas of a face model, or null where its mesh is no disc. */
export function atlasOf(face: UnfoldableMesh, size: number): Atlas | null {
  const before = known.get(face);
  if (before?.size === size) return before;
  const uvs = before?.uvs ?? unfold(face.meanShape, face.triangles, wantedDensity(face));
  if (!uvs) return null;
  const atlas = { size, uvs, ...texelsOf(uvs, face.triangles, size) };
  known.set(face, atlas);
  return atlas;
}

function wantedDensity({ meanShape, landmarks, vertexCount }: UnfoldableMesh): Float64Array {
  const density = new Float64Array(vertexCount);
  for (let vertex = 0; vertex < vertexCount; vertex++) {
    let nearest = Infinity;
    for (const landmark of landmarks.subarray(firstFeature)) {
      const [dx, dy, dz] = [0, 1, 2].map((axis) => meanShape[vertex * 3 + axis]! - meanShape[landmark * 3 + axis]!) as [number, number, number];
      nearest = Math.min(nearest, dx * dx + dy * dy + dz * dz);
    }
    density[vertex] = 1 + (featureDensity - 1) * Math.exp(-nearest / (reach * reach));
  }
  return density;
}

function texelsOf(uvs: Float32Array, triangles: Int32Array, size: number): Pick<Atlas, 'triangleOf' | 'weights'> {
  const flat = new Float64Array((uvs.length / 2) * 3);
  for (let vertex = 0; vertex < uvs.length / 2; vertex++) {
    flat[vertex * 3] = uvs[vertex * 2]! - 0.5;
    flat[vertex * 3 + 1] = uvs[vertex * 2 + 1]! - 0.5;
  }
  // With focal length and distance of one, the plane z = 0 maps onto the whole image, left to right and top down.
  const raster = rasterizeHost(flat, triangles, size, { focal: 1, distance: 1 });
  return { triangleOf: raster.ids, weights: Float32Array.from(raster.barycentrics) };
}

/** Numbers of the vertices, `channels` each, at every texel; 0 outside the mesh. */
export function onTexels(values: ArrayLike<number>, channels: number, triangles: Int32Array, { triangleOf, weights }: Atlas): Float32Array {
  const result = new Float32Array(triangleOf.length * channels);
  for (let texel = 0, to = 0; texel < triangleOf.length; texel++, to += channels) {
    const triangle = triangleOf[texel]!;
    if (triangle < 0) continue;
    const [w0, w1, w2] = [weights[texel * 3]!, weights[texel * 3 + 1]!, weights[texel * 3 + 2]!];
    const i0 = triangles[triangle * 3]! * channels;
    const i1 = triangles[triangle * 3 + 1]! * channels;
    const i2 = triangles[triangle * 3 + 2]! * channels;
    for (let channel = 0; channel < channels; channel++) {
      result[to + channel] = w0 * values[i0 + channel]! + w1 * values[i1 + channel]! + w2 * values[i2 + channel]!;
    }
  }
  return result;
}
