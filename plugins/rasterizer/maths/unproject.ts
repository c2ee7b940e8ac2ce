import { samplePicture, stopGradient, tf, type Tensor } from '../../../framework/device/index.js';
import { barycentrics } from './barycentrics.js';
import { expectShapes } from './expect-shape.js';
import { interpolate } from './interpolate.js';
import { shade } from './spherical-harmonics.js';
import { vertexNormals } from './vertex-normals.js';
import { visibility, type ViewAttributes } from './visibility.js';

export interface UnprojectInputs {
  /** [B, S, S, 3] */
  readonly image: Tensor;
  /** [B, S, S, 1] in [0, 1]: where the image shows the surface. */
  readonly mask: Tensor;
  /** [B, V, 3] posed mesh, world frame, dm. */
  readonly vertices: Tensor;
  /** [B, 27] γ. */
  readonly light: Tensor;
  /** [F, 3] int32. */
  readonly triangles: Tensor;
}

export interface Unprojected {
  /** [B, V, 3] in [0, 1]. Without meaning where `visible` is 0. */
  readonly albedo: Tensor;
  /** [B, V, 1] in [0, 1] */
  readonly visible: Tensor;
}

/** A vertex counts in full from this cosine between its normal and the way to the camera. */
const fullyFacing = 0.25;
/** How far a vertex may lie behind what its pixel shows, dm: a pixel's slope is less, the depth from nose to cheek more. */
const tolerance = 0.1;
/** Shades below this are taken for this, so that noise in the dark does not become colour. */
const leastShade = 0.1;

/**
 * The inverse of `render`: a_v = I(π(v)) / shade(n_v), the colour that the image shows where vertex v projects, bilinear, without its light;
 * and how well v is seen there: the product of how far it faces the camera, clamp(n·w / 0.25), of 1 unless a nearer surface covers it by
 * more than 1 cm, and of the mask, clamp(2 M − 1). The gradient flows to the image alone.
 *
 * @throws FlowError FLOW_DEVICE_SHAPE
 */
export function unproject({ image, mask, vertices, light, triangles }: UnprojectInputs, { size, camera }: ViewAttributes): Unprojected {
  expectShapes('unproject', [image, mask, vertices, light], {
    image: ['B', size, size, 3], mask: ['B', size, size, 1], vertices: ['B', 'V', 3], light: ['B', 27],
  });
  return tf.tidy(() => {
    const posed = stopGradient(vertices);
    const normals = vertexNormals(posed, triangles);
    const points = project(posed, { size, camera });
    const seen = samplePicture(tf.concat([image, mask, nearest(posed, triangles, { size, camera })], 3), points);
    const [colour, covered, surface] = tf.split(seen, [3, 1, 1], 2) as [Tensor, Tensor, Tensor];
    const lit = tf.maximum(shade(normals, stopGradient(light)), leastShade);
    const [x, y, z] = tf.split(posed, 3, 2) as [Tensor, Tensor, Tensor];
    const away = tf.concat([tf.neg(x), tf.neg(y), tf.sub(camera.distance, z)], 2);
    const cosine = tf.div(tf.sum(tf.mul(normals, away), 2, true), tf.norm(away, 2, 2, true));
    const uncovered = tf.cast(tf.greaterEqual(z, tf.sub(surface, tolerance)), 'float32');
    const inside = tf.cast(tf.all(tf.logicalAnd(tf.greaterEqual(points, 0), tf.lessEqual(points, size)), 2, true), 'float32');
    const facing = tf.clipByValue(tf.div(cosine, fullyFacing), 0, 1);
    const masked = tf.clipByValue(tf.sub(tf.mul(covered, 2), 1), 0, 1);
    return {
      albedo: tf.clipByValue(tf.div(colour, lit), 0, 1) as Tensor,
      visible: stopGradient(tf.mul(tf.mul(facing, uncovered), tf.mul(masked, inside)) as Tensor),
    };
  });
}

/** Column and row of each vertex, px: [B, V, 2] (`host/camera.ts`). */
function project(vertices: Tensor, { size, camera }: ViewAttributes): Tensor {
  const [x, y, z] = tf.split(vertices, 3, 2) as [Tensor, Tensor, Tensor];
  const scale = tf.div(camera.focal * size, tf.sub(camera.distance, z));
  return tf.add(tf.concat([tf.mul(x, scale), tf.neg(tf.mul(y, scale))], 2), size / 2);
}

/** z of the nearest surface at each pixel, world frame, dm: [B, S, S, 1]; far behind everything in the background. */
function nearest(vertices: Tensor, triangles: Tensor, view: ViewAttributes): Tensor {
  const { ids, coverage } = visibility(vertices, triangles, view);
  const z = interpolate(vertices, triangles, ids, barycentrics(vertices, triangles, ids, view), { first: 2, count: 1 });
  return tf.add(z, tf.mul(tf.sub(coverage, 1), 100 * view.camera.distance));
}
