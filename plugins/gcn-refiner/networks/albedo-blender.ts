import { tf, type Tensor } from '../../../framework/device/index.js';
import type { MeshLevel } from '../host/mesh-levels.js';
import { meshNetwork, type MeshNetwork } from './mesh-refiner.js';
import type { MakeVariable } from './residual-block.js';

export interface BlendInputs {
  /** [B, N, 3] the model's albedo. */
  readonly albedo: Tensor;
  /** [B, N, 3] the photo's, without light. */
  readonly seen: Tensor;
  /** [B, N, 1] in [0, 1] how well the photo shows a vertex. */
  readonly visible: Tensor;
}

export interface Blend {
  /** [B, N, 3] */
  readonly albedo: Tensor;
  /** [B, N, 3] shares of the model, the photo and the mirrored vertex; they add up to 1. */
  readonly sources: Tensor;
}

/** Log odds of the photo against the model before training: where it shows a vertex, nine tenths are the photo's. */
const firstOdds = Math.log(9);

/** The gain of the model's colours is drawn towards 1 as by so many parts of all vertices. */
const gainPrior = 0.01;

/**
 * Albedo of each vertex from three sources: the model a, the photo s where it shows the vertex, and the photo s' where it shows the vertex
 * at the mirror image. A mesh network reads all three and says how far each is to be believed:
 *
 *   a*_i = p_i0 g ∘ a_i + p_i1 s_i + p_i2 s'_i,   p_i = (e^l₀, v e^l₁, v' e^l₂) / their sum,   l = net(2 a − 1, v (s − a), v, v' (s' − a), v') + (0, ln 9, 0)
 *   g = (Σ p_i1 s_i + λ ā) / (Σ p_i1 a_i + λ ā),   ā = mean of a, λ = 0.01 N
 *
 * with v and v' how well they are seen. The gain g of each channel gives the model's part the tone of what is believed of the photo, also where
 * the light or the tone of a was taken wrongly. Before training net is 0. What lies over the face in the photo lies in s too: that it is not
 * to be believed is what self-augmentation teaches.
 *
 * @param mirror int32 [N], the vertex at the mirror image of each.
 */
export function albedoBlender(
  variable: MakeVariable, levels: readonly MeshLevel[], mirror: Tensor, shape: Omit<MeshNetwork, 'from' | 'to'>,
): (inputs: BlendInputs) => Blend {
  const network = meshNetwork(variable, levels, { ...shape, from: 11, to: 3 });
  return ({ albedo, seen, visible }) => {
    const offset = tf.mul(visible, tf.sub(seen, albedo));
    const [mirroredSeen, mirroredVisible] = [tf.gather(seen, mirror as tf.Tensor1D, 1), tf.gather(visible, mirror as tf.Tensor1D, 1)];
    const mirroredOffset = tf.mul(mirroredVisible, tf.sub(mirroredSeen, albedo));
    const logits = network(tf.concat([tf.sub(tf.mul(albedo, 2), 1), offset, visible, mirroredOffset, mirroredVisible], 2));
    const present = tf.concat([tf.onesLike(visible), visible, mirroredVisible], 2);
    const odds = tf.mul(present, tf.exp(tf.add(tf.clipByValue(logits, -10, 10), [0, firstOdds, 0])));
    const sources = tf.div(odds, tf.sum(odds, 2, true));
    const [model, photo, mirrored] = tf.split(sources, 3, 2) as [Tensor, Tensor, Tensor];
    const toned = tf.mul(albedo, gain(albedo, seen, photo));
    return { albedo: tf.add(tf.mul(model, toned), tf.add(tf.mul(photo, seen), tf.mul(mirrored, mirroredSeen))), sources };
  };
}

/** g: [B, 1, 3]. */
function gain(albedo: Tensor, seen: Tensor, believed: Tensor): Tensor {
  const prior = tf.mul(tf.sum(albedo, 1, true), gainPrior);
  const sum = (colours: Tensor): Tensor => tf.add(tf.sum(tf.mul(believed, colours), 1, true), prior);
  return tf.div(sum(seen), sum(albedo));
}
