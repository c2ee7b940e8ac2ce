import { tf, type Tensor } from '../../../framework/device/index.js';

/** The landmarks whose mean each of the five points is. */
const sources = [[36, 39], [42, 45], [30], [48], [54]] as const;

/**
 * The five points of Deep3D's alignment and of CelebA, from 68: the middle of the corners of the image-left eye and of the image-right
 * eye, the tip of the nose, the image-left and the image-right corner of the mouth.
 *
 * @param landmarks float32 [B, 68, 2].
 * @returns float32 [B, 5, 2].
 * @throws Error when the shape is another.
 */
export function fivePoints(landmarks: Tensor): Tensor {
  const batch = landmarks.shape[0]!;
  tf.util.assertShapesMatch(landmarks.shape, [batch, 68, 2], 'fivePoints: ');
  return tf.tidy(() => tf.concat(sources.map((points) =>
    tf.mean(tf.concat(points.map((point) => tf.slice(landmarks, [0, point, 0], [batch, 1, 2])), 1), 1, true)), 1));
}
