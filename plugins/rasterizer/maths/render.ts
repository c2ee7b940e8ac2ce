import { tf, type Tensor } from '../../../framework/device/index.js';
import { barycentrics } from './barycentrics.js';
import { interpolate } from './interpolate.js';
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
}

export interface Rendering {
  /** [B, H, W, 3] albedo · shade, not clamped; 0 in the background. */
  readonly image: Tensor;
  /** [B, H, W, 1] 0 or 1, a constant of every gradient. */
  readonly coverage: Tensor;
  /** [B, H, W, 1] camera depth z_c, dm; 0 in the background. */
  readonly depth: Tensor;
  /** [B, H, W, 3] unit normals, world frame; 0 in the background. */
  readonly normals: Tensor;
}

/**
 * Deferred shading: albedo, normals and depth are interpolated at each pixel's nearest triangle, and
 * I = A · shade(n / |n|) is formed there. Differentiable by vertices (through barycentrics and normals), albedo and light.
 *
 * Source: Mohaghegh et al. 2023, section 3.2.3, with the renderer of Genova et al. 2018. Differs from Deep3D, which shades
 * vertices and interpolates colours.
 */
export function render({ vertices, albedo, light, triangles }: RenderInputs, view: ViewAttributes): Rendering {
  const { ids, coverage } = visibility(vertices, triangles, view);
  const weights = barycentrics(vertices, triangles, ids, view);
  const depths = tf.sub(view.camera.distance, tf.slice(vertices, [0, 0, 2], [-1, -1, 1])); // [B, V, 1]
  const attributes = tf.concat([albedo, vertexNormals(vertices, triangles), depths], 2); // [B, V, 7]
  const pixels = interpolate(attributes, triangles, ids, weights); // [B, H, W, 7]
  const [colours, directions, depth] = tf.split(pixels, [3, 3, 1], 3) as [Tensor, Tensor, Tensor];
  const normals = unitVectors(directions);
  const [batch, height, width] = ids.shape as [number, number, number];
  const lit = tf.reshape(shade(tf.reshape(normals, [batch, height * width, 3]), light), [batch, height, width, 3]);
  return { image: tf.mul(colours, lit), coverage, depth, normals };
}
