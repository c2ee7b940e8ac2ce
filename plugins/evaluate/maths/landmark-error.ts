import { safeNorm, tf, type Tensor } from '../../../framework/device/index.js';

/** Landmarks 17 to 67: brows, nose, eyes and lips. The jaw is left out, because its points slide along the contour. */
const innerFrom = 17;

/**
 * NME = Σ_{k=17}^{67} ‖p_k − q_k‖₂ / (51 √(w h)): the error of the inner landmarks as a share of the face's size.
 *
 * Source: the box normalisation of AFLW2000-3D (Zhu et al., "Face alignment across large poses", 2016), on the 51 inner points.
 *
 * @param landmarks float32 [B, 68, 2], px.
 * @param reference float32 [B, 68, 2], px.
 * @param box float32 [B, 4]: left, top, width, height, px.
 * @returns float32 [B].
 * @throws Error when the shapes of the landmarks differ.
 */
export function landmarkError(landmarks: Tensor, reference: Tensor, box: Tensor): Tensor {
  tf.util.assertShapesMatch(landmarks.shape, reference.shape, 'landmarkError: ');
  return tf.tidy(() => {
    const batch = landmarks.shape[0]!;
    const differences = landmarks.sub(reference).slice([0, innerFrom, 0], [batch, 68 - innerFrom, 2]);
    const size = box.slice([0, 2], [batch, 1]).mul(box.slice([0, 3], [batch, 1])).reshape([batch]).sqrt();
    return safeNorm(differences, 2).mean(1).div(size);
  });
}
