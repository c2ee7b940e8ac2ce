/** Picture → 257 coefficients: a backbone and seven heads. */
import { zeros } from '../../../framework/index.js';
import { tf } from '../../../framework/device/index.js';
import { makeBackbone, type BackboneName } from './backbones.js';
import type { Layer, MakeVariable } from './layers.js';

/**
 * Heads in the order of the 257-vector, with the unit of each output: 0.3 rad, 0.5 dm, 2 standard deviations and so on. With
 * y = unit · (W f / √F + b) and features of about one, a first step of Adam at a learning rate of 1e-3 moves
 * angles by about 0.003 rad, translations by 0.006 dm and modes by 0.02 standard deviations at most, whatever the backbone.
 */
const heads = [
  { name: 'identity', size: 80, unit: 2 },
  { name: 'expression', size: 64, unit: 2 },
  { name: 'albedo', size: 80, unit: 2 },
  { name: 'angles', size: 3, unit: 0.3 },
  { name: 'light', size: 27, unit: 0.3 },
  { name: 'translation-xy', size: 2, unit: 0.5 },
  { name: 'translation-z', size: 1, unit: 0.5 },
] as const;

/**
 * Seven linear heads on the pooled features, weights and biases zero at the start, so that an untrained network gives the mean
 * face, frontal, centred, in flat light (Deep3D, `models/networks.py`). Differs: Deep3D's heads have no units.
 *
 * @returns a function of float32 [B, S, S, 3] in 0..1 that gives float32 [B, 257]
 */
export function makeCoefficientRegressor(backbone: BackboneName, variable: MakeVariable): Layer {
  const { run, features } = makeBackbone(backbone, variable);
  const layers = heads.map(({ name, size, unit }) => {
    const kernel = variable(`heads/${name}/kernel`, [features, size], zeros);
    const bias = variable(`heads/${name}/bias`, [size], zeros);
    return (x: Parameters<Layer>[0]) => tf.mul(tf.add(tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D), bias), unit);
  });
  return (image) => tf.tidy(() => {
    const pooled = tf.div(run(image), Math.sqrt(features));
    return tf.concat(layers.map((layer) => layer(pooled)), 1);
  });
}
