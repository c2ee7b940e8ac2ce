import { tf, type Tensor } from '../../../framework/device/index.js';

/**
 * layer + back · (1 − opacity), for a layer whose colours are already multiplied by its opacity (so that it may be resized).
 *
 * @param layer float32 [B, S, S, 3]; opacity float32 [B, S, S, 1] in [0, 1]; back float32 [B, S, S, 3].
 */
export function pasteLayer(layer: Tensor, opacity: Tensor, back: Tensor): Tensor {
  return tf.tidy(() => tf.add(layer, tf.mul(back, tf.sub(1, opacity))));
}
