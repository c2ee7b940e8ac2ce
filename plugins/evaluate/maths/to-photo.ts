import { tf, type Tensor } from '../../../framework/device/index.js';

/**
 * p = A⁻¹ (q − t): points of the crop in pixels of the photo, for the transform q = A p + t.
 *
 * @param points float32 [B, N, 2], px of the crop.
 * @param transform float32 [B, 2, 3], (A | t), photo to crop; A is invertible.
 * @returns float32 [B, N, 2], px of the photo.
 * @throws Error when the shapes do not fit.
 */
export function toPhoto(points: Tensor, transform: Tensor): Tensor {
  const batch = points.shape[0]!;
  tf.util.assertShapesMatch(transform.shape, [batch, 2, 3], 'toPhoto: transform: ');
  tf.util.assertShapesMatch(points.shape, [batch, points.shape[1]!, 2], 'toPhoto: points: ');
  return tf.tidy(() => {
    const [a, b, tx, c, d, ty] = tf.split(tf.reshape(transform, [batch, 6]), 6, 1) as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
    const [px, py] = tf.unstack(points, 2) as [Tensor, Tensor];
    const [x, y] = [tf.sub(px, tx), tf.sub(py, ty)];
    const determinant = tf.sub(tf.mul(a, d), tf.mul(b, c));
    return tf.stack([
      tf.div(tf.sub(tf.mul(d, x), tf.mul(b, y)), determinant),
      tf.div(tf.sub(tf.mul(a, y), tf.mul(c, x)), determinant),
    ], 2);
  });
}
