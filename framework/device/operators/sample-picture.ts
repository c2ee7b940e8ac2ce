import { stopGradient } from '../tape.js';
import { tf, type Tensor } from '../tf.js';

/**
 * Colours of a picture at points, bilinear between pixel centres, which lie at half numbers; beyond the border, those of the border.
 * The gradient flows to the picture; the points are taken as given.
 *
 * @param picture float32 [B, S, S, C].
 * @param points float32 [B, N, 2]: column, row, px.
 * @returns float32 [B, N, C].
 * @throws RangeError when the shapes do not fit.
 */
export function samplePicture(picture: Tensor, points: Tensor): Tensor {
  const [batch, side, , channels] = picture.shape as [number, number, number, number];
  if (picture.rank !== 4 || picture.shape[2] !== side) throw new RangeError(`"picture" has a wrong shape: expected [B, S, S, C], got [${picture.shape.join(', ')}]`);
  if (points.rank !== 3 || points.shape[0] !== batch || points.shape[2] !== 2) {
    throw new RangeError(`"points" has a wrong shape: expected [${batch}, N, 2], got [${points.shape.join(', ')}]`);
  }
  return tf.tidy(() => {
    const place = stopGradient(tf.clipByValue(tf.sub(points, 0.5), 0, side - 1) as Tensor);
    const corner = tf.minimum(tf.floor(place), Math.max(0, side - 2));
    const [u, v] = tf.split(tf.sub(place, corner), 2, 2) as [Tensor, Tensor];
    const [column, row] = tf.split(corner, 2, 2) as [Tensor, Tensor];
    const first = tf.reshape(tf.add(tf.mul(row, side), column), [batch, -1]);
    const pixels = tf.reshape(picture, [batch, side * side, channels]);
    const at = (offset: number): Tensor => tf.gather(pixels, tf.cast(tf.minimum(tf.add(first, offset), side * side - 1), 'int32'), 1, 1);
    const across = (left: Tensor, right: Tensor): Tensor => tf.add(left, tf.mul(u, tf.sub(right, left)));
    const above = across(at(0), at(1));
    return tf.add(above, tf.mul(v, tf.sub(across(at(side), at(side + 1)), above)));
  });
}
