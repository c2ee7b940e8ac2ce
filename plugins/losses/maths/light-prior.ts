import { tf, type Tensor } from '../../../framework/device/index.js';

export interface LightPrior {
  /** Where the population's mean light stands: band 0 of the grey light, before Deep3D's 0.8 is added. */
  readonly level: number;
  /** Weight of the squared distance from it; 0 leaves the level free, as Deep3D does. */
  readonly levelWeight: number;
}

/**
 * L = mean_{c,k} (γ_ck − γ̄_k)² + w (γ̄_0 − level)², one value per sample; γ̄ is the mean over the channels: light is white, and neither
 * dark nor bright without need. Without the second term dark skin is explained as dark light.
 *
 * @param light float32 [B, 27], channel by channel (9 for red, 9 for green, 9 for blue).
 *
 * Source: Deep3D (first term); the second is ours.
 */
export function lightPrior(light: Tensor, { level, levelWeight }: LightPrior): Tensor {
  return tf.tidy(() => {
    const gamma = tf.reshape(light, [-1, 3, 9]);
    const grey = tf.mean(gamma, 1, true);
    const colour = tf.mean(tf.square(tf.sub(gamma, grey)), [1, 2]);
    if (levelWeight === 0) return colour;
    const band0 = tf.reshape(tf.slice(grey, [0, 0, 0], [-1, 1, 1]), [-1]);
    return tf.add(colour, tf.mul(tf.square(tf.sub(band0, level)), levelWeight));
  });
}
