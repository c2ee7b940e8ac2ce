import { tf, type Tensor } from '../../../framework/device/index.js';
import { deep3dCamera, type Camera } from '../../rasterizer/index.js';
import { expectShape } from './expect-shape.js';

/**
 * Pinhole projection: z_c = d − z, column = f x / z_c + S/2, row = S/2 − f y / z_c, f = focal · S (Deep3D; 1015 px at 224 px,
 * a field of view of 12.5936°). Rows count downwards from the top edge; pixel centres lie at half numbers.
 *
 * Differs from Deep3D in the half pixel of its landmark files: see `rasterizer`'s camera.
 *
 * @param points float32 [B, N, 3], world frame, dm.
 * @param size side of the picture, px.
 * @returns float32 [B, N, 2]: column, row, in px.
 * @throws RangeError when the shape does not fit.
 */
export function projectPoints(points: Tensor, size: number, camera: Camera = deep3dCamera): Tensor {
  expectShape(points, ['B', 'N', 3], 'points');
  return tf.tidy(() => {
    const [x, y, z] = tf.split(points, 3, 2) as [Tensor, Tensor, Tensor];
    const scale = tf.div(camera.focal * size, tf.sub(camera.distance, z));
    const column = tf.add(tf.mul(x, scale), size / 2);
    const row = tf.sub(size / 2, tf.mul(y, scale));
    return tf.concat([column, row], 2);
  });
}
