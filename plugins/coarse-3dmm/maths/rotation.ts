import { tf, type Tensor } from '../../../framework/device/index.js';
import { expectShape } from './expect-shape.js';

/**
 * R = R_z R_y R_x: first about x (pitch), then y (yaw), then z (roll); each the usual right-handed matrix (Deep3D,
 * `models/bfm.py`, `compute_rotation`, which stores the transpose and multiplies rows).
 *
 * @param angles float32 [B, 3], radians, about x, y, z.
 * @returns float32 [B, 3, 3]; columns are the turned axes, so that v' = R v.
 * @throws RangeError when the shape does not fit.
 */
export function rotationMatrix(angles: Tensor): Tensor {
  expectShape(angles, ['B', 3], 'angles');
  return tf.tidy(() => {
    const [cx, cy, cz] = tf.split(tf.cos(angles), 3, 1) as [Tensor, Tensor, Tensor];
    const [sx, sy, sz] = tf.split(tf.sin(angles), 3, 1) as [Tensor, Tensor, Tensor];
    const sysx = tf.mul(sy, sx);
    const sycx = tf.mul(sy, cx);
    const entries = [
      tf.mul(cz, cy), tf.sub(tf.mul(cz, sysx), tf.mul(sz, cx)), tf.add(tf.mul(cz, sycx), tf.mul(sz, sx)),
      tf.mul(sz, cy), tf.add(tf.mul(sz, sysx), tf.mul(cz, cx)), tf.sub(tf.mul(sz, sycx), tf.mul(cz, sx)),
      tf.neg(sy), tf.mul(cy, sx), tf.mul(cy, cx),
    ];
    return tf.reshape(tf.concat(entries, 1), [angles.shape[0]!, 3, 3]);
  });
}

/**
 * v' = R v + t for every vertex.
 *
 * @param vertices float32 [B, N, 3], angles float32 [B, 3] in radians, translation float32 [B, 3] in the vertices' unit.
 * @returns float32 [B, N, 3].
 * @throws RangeError when the shapes do not fit.
 */
export function poseVertices(vertices: Tensor, angles: Tensor, translation: Tensor): Tensor {
  expectShape(vertices, ['B', 'N', 3], 'vertices');
  expectShape(angles, [vertices.shape[0]!, 3], 'angles');
  expectShape(translation, [vertices.shape[0]!, 3], 'translation');
  return tf.tidy(() => {
    const turned = tf.matMul(vertices, tf.transpose(rotationMatrix(angles), [0, 2, 1]));
    return tf.add(turned, tf.expandDims(translation, 1));
  });
}
