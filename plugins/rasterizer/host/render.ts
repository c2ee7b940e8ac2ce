/** Whole host functions on fresh arrays, for workers and writers. They share every loop with the device kernels. */
import { barycentricsInto } from './barycentrics.js';
import { deep3dCamera, type Camera, type Numbers } from './camera.js';
import { interpolateInto } from './interpolate.js';
import { shadeInto } from './spherical-harmonics.js';
import { vertexNormalsInto } from './vertex-normals.js';
import { visibilityInto } from './visibility.js';

export interface Raster {
  /** Nearest triangle of each pixel, top row first; −1 where there is none. */
  readonly ids: Int32Array;
  /** Perspective-correct weights of the triangle's three corners, three numbers a pixel. */
  readonly barycentrics: Float64Array;
  /** Camera depth z_c in dm; 0 where there is nothing. */
  readonly depth: Float64Array;
}

/**
 * Rasterises one mesh.
 *
 * @param vertices V points, world frame, dm
 * @param triangles F triples of vertex indices
 * @param size width and height of the image, px
 * @throws RangeError when a triangle names a vertex that does not exist
 */
export function rasterizeHost(vertices: Numbers, triangles: Int32Array, size: number, camera: Camera = deep3dCamera): Raster {
  const vertexCount = vertices.length / 3;
  checkTriangles(triangles, vertexCount);
  const pixels = size * size;
  const ids = new Int32Array(pixels);
  visibilityInto(vertices, 0, vertexCount, triangles, size, camera, ids, 0);
  const barycentrics = new Float64Array(pixels * 3);
  barycentricsInto({ vertices, vertexOffset: 0, triangles, ids, idOffset: 0, size, camera }, barycentrics, 0);
  const depths = new Float64Array(vertexCount);
  for (let vertex = 0; vertex < vertexCount; vertex++) depths[vertex] = camera.distance - vertices[vertex * 3 + 2]!;
  const depth = interpolateHost(depths, 1, triangles, { ids, barycentrics });
  return { ids, barycentrics, depth };
}

/** Vertex attributes at every pixel, `channels` numbers a pixel; 0 in the background. */
export function interpolateHost(
  attributes: Numbers, channels: number, triangles: Int32Array, raster: Pick<Raster, 'ids' | 'barycentrics'>,
): Float64Array {
  const pixels = raster.ids.length;
  const result = new Float64Array(pixels * channels);
  interpolateInto({ attributes, attributeOffset: 0, stride: channels, channels, triangles, ...raster, pixelOffset: 0, pixels }, result, 0);
  return result;
}

/** Unit vertex normals, the plain average of unit face normals (Deep3D). */
export function vertexNormalsHost(vertices: Numbers, triangles: Int32Array): Float64Array {
  checkTriangles(triangles, vertices.length / 3);
  const normals = new Float64Array(vertices.length);
  vertexNormalsInto(vertices, 0, vertices.length / 3, triangles, normals, 0);
  return normals;
}

/** Shade (r, g, b) at each unit normal under light γ (27 numbers, channel-major; 0.8 is added to band 0). */
export function shadeHost(normals: Numbers, light: Numbers): Float64Array {
  if (light.length !== 27) throw new RangeError(`light holds 27 numbers, three channels of nine bands, got ${light.length}`);
  const shade = new Float64Array(normals.length);
  shadeInto(normals, 0, normals.length / 3, light, 0, shade, 0);
  return shade;
}

export interface HostImage {
  /** Linear product of albedo and shade, three numbers a pixel, not clamped; 0 in the background. */
  readonly image: Float32Array;
  /** 1 where the mesh is drawn, else 0. */
  readonly coverage: Float32Array;
}

/** Renders one mesh as the device stage does: albedo and normals at each pixel, shaded there (deferred shading). */
export function renderHost(
  vertices: Numbers, triangles: Int32Array, albedo: Numbers, light: Numbers, size: number, camera: Camera = deep3dCamera,
): HostImage {
  return renderWith(vertices, triangles, (raster) => interpolateHost(albedo, 3, triangles, raster), light, size, camera);
}

/** `renderHost` with the albedo of each pixel, three numbers a pixel, found from its triangle and weights: from a texture, for instance. */
export function renderWith(
  vertices: Numbers, triangles: Int32Array, albedoOf: (raster: Raster) => Numbers, light: Numbers, size: number, camera: Camera = deep3dCamera,
): HostImage {
  const raster = rasterizeHost(vertices, triangles, size, camera);
  const normals = normalizeRows(interpolateHost(vertexNormalsHost(vertices, triangles), 3, triangles, raster));
  const shade = shadeHost(normals, light);
  return {
    image: Float32Array.from(albedoOf(raster), (colour, index) => colour * shade[index]!),
    coverage: Float32Array.from(raster.ids, (id) => (id >= 0 ? 1 : 0)),
  };
}

function normalizeRows(rows: Float64Array): Float64Array {
  for (let at = 0; at < rows.length; at += 3) {
    const length = Math.hypot(rows[at]!, rows[at + 1]!, rows[at + 2]!);
    if (length > 0) for (let axis = 0; axis < 3; axis++) rows[at + axis] = rows[at + axis]! / length;
  }
  return rows;
}

/** @throws RangeError when an index is not in [0, vertexCount) */
export function checkTriangles(triangles: Int32Array, vertexCount: number): void {
  for (let at = 0; at < triangles.length; at++) {
    const vertex = triangles[at]!;
    if (vertex < 0 || vertex >= vertexCount) {
      throw new RangeError(`triangle ${Math.floor(at / 3)} names vertex ${vertex}, but there are ${vertexCount} vertices`);
    }
  }
}
