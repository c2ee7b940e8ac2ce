import { SampleError } from '../../../framework/index.js';
import { vertexNormalsHost } from '../../rasterizer/index.js';

/** A coloured mesh as the writers take it. */
export interface ColouredMesh {
  /** V points; the writers scale nothing. */
  readonly vertices: Float32Array;
  /** F triples of vertex indices, counter-clockwise seen from outside. */
  readonly triangles: Int32Array;
  /** V unit normals. */
  readonly normals: Float32Array;
  /** V colours, sRGB as in photos, clamped to [0, 1] when written. */
  readonly colours: Float32Array;
  /** Where given, the writers of GLB and OBJ point to this picture in place of vertex colours. */
  readonly texture?: MeshTexture;
}

export interface MeshTexture {
  /** [V*2], u right, v up. */
  readonly uvs: Float32Array;
  /** PNG, sRGB. */
  readonly png: Uint8Array;
}

/**
 * A mesh with its normals.
 *
 * @param vertices V points
 * @throws SampleError when a point or colour is not finite, or the counts differ
 */
export function colouredMesh(vertices: Float32Array, triangles: Int32Array, colours: Float32Array): ColouredMesh {
  if (vertices.length !== colours.length) {
    throw new SampleError('The mesh has another number of colours than of vertices.', {
      expected: `${vertices.length / 3} colours`, got: `${colours.length / 3}`,
    });
  }
  if (!vertices.every(Number.isFinite) || !colours.every(Number.isFinite)) {
    throw new SampleError('The mesh has coordinates or colours that are not finite.');
  }
  const normals = Float32Array.from(vertexNormalsHost(vertices, triangles));
  for (let at = 0; at < normals.length; at += 3) {
    // Vertices without a triangle have no normal; file formats want one of unit length.
    if (normals[at] === 0 && normals[at + 1] === 0 && normals[at + 2] === 0) normals[at + 2] = 1;
  }
  return { vertices, triangles, normals, colours };
}

/** The same mesh in another unit, for instance × 0.1 from decimetres to metres. */
export function scaledMesh(mesh: ColouredMesh, factor: number): ColouredMesh {
  return { ...mesh, vertices: mesh.vertices.map((value) => value * factor) };
}
