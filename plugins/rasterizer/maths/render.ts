import { tf, type Tensor } from '../../../framework/device/index.js';
import { antialias } from './antialias.js';
import { barycentrics } from './barycentrics.js';
import { expectShapes } from './expect-shape.js';
import { interpolate } from './interpolate.js';
import { silhouettes } from './silhouettes.js';
import { shade } from './spherical-harmonics.js';
import { unitVectors } from './unit-vectors.js';
import { vertexNormals } from './vertex-normals.js';
import { visibility, type ViewAttributes } from './visibility.js';

export interface RenderInputs {
  /** [B, V, 3] posed mesh, world frame, dm. */
  readonly vertices: Tensor;
  /** [B, V, 3] */
  readonly albedo: Tensor;
  /** [B, 27] γ. */
  readonly light: Tensor;
  /** [F, 3] int32. */
  readonly triangles: Tensor;
  /** [F, 3] int32 from `triangleNeighbours`: antialias silhouettes. */
  readonly neighbours?: Tensor;
}

export interface Rendering {
  /** [B, H, W, 3] albedo · shade, not clamped; 0 in the background. Antialiased, it is multiplied by the coverage. */
  readonly image: Tensor;
  /** [B, H, W, 1] 0 or 1, a constant of every gradient; antialiased, in [0, 1] and differentiable by the vertices. */
  readonly coverage: Tensor;
  /** [B, H, W, 1] camera depth z_c, dm; 0 in the background. */
  readonly depth: Tensor;
  /** [B, H, W, 3] unit normals, world frame; 0 in the background. */
  readonly normals: Tensor;
}

/**
 * Deferred shading: albedo, normals and depth are interpolated at each pixel's nearest triangle, and
 * I = A · shade(n / |n|) is formed there. Differentiable by vertices (through barycentrics and normals), albedo and light. With
 * neighbours, image and coverage are antialiased where surfaces end, and differentiable there too; depth and normals never are.
 *
 * @throws FlowError FLOW_DEVICE_SHAPE
 *
 * Source: Mohaghegh et al. 2023, section 3.2.3, with the renderer of Genova et al. 2018. Differs from Deep3D, which shades
 * vertices and interpolates colours.
 */
export function render({ vertices, albedo, light, triangles, neighbours }: RenderInputs, view: ViewAttributes): Rendering {
  expectShapes('render', [vertices, albedo, light], { vertices: ['B', 'V', 3], albedo: ['B', 'V', 3], light: ['B', 27] });
  const { ids, coverage } = visibility(vertices, triangles, view);
  const weights = barycentrics(vertices, triangles, ids, view);
  const colours = interpolate(albedo, triangles, ids, weights);
  const normals = unitVectors(interpolate(vertexNormals(vertices, triangles), triangles, ids, weights));
  const z = interpolate(vertices, triangles, ids, weights, { first: 2, count: 1 });
  const depth = tf.mul(coverage, tf.sub(view.camera.distance, z));
  const [batch, height, width] = ids.shape as [number, number, number];
  const lit = tf.reshape(shade(tf.reshape(normals, [batch, height * width, 3]), light), [batch, height, width, 3]);
  const image = tf.mul(colours, lit);
  if (!neighbours) return { image, coverage, depth, normals };
  const edges = silhouettes(vertices, triangles, neighbours, ids, view);
  return { image: antialias(image, vertices, edges, view), coverage: antialias(coverage, vertices, edges, view), depth, normals };
}
