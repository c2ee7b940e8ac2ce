import { stopGradient, tf, type Tensor } from '../../../framework/device/index.js';
import { expectShape } from './expect-shape.js';

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
  expectShape(picture, ['B', side, side, 'C'], 'picture');
  expectShape(points, [batch, 'N', 2], 'points');
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
