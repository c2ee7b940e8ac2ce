/** Picture → 257 coefficients: a backbone and seven heads. */
import { zeros } from '../../../framework/index.js';
import { tf } from '../../../framework/device/index.js';
import { heads } from '../host/heads.js';
import { makeBackbone, type BackboneName } from './backbones.js';
import type { Layer, MakeVariable } from './layers.js';

export interface CoefficientRegressor {
  /** Picture batch float32 [B, S, S, 3] in 0..1 → features of about one [B, F]. */
  readonly features: Layer;
  /** Features → coefficients [B, 257]. */
  readonly heads: Layer;
}

/**
 * Seven linear heads on the pooled features, weights and biases zero at the start, so that an untrained network gives the mean
 * face, frontal, centred, in flat light (Deep3D, `models/networks.py`). Differs: Deep3D's heads have no units.
 */
export function makeCoefficientRegressor(backbone: BackboneName, variable: MakeVariable): CoefficientRegressor {
  const { run, features } = makeBackbone(backbone, variable);
  const layers = heads.map(({ name, size, unit }) => {
    const kernel = variable(`heads/${name}/kernel`, [features, size], zeros);
    const bias = variable(`heads/${name}/bias`, [size], zeros);
    return (x: Parameters<Layer>[0]) => tf.mul(tf.add(tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D), bias), unit);
  });
  return {
    features: run,
    heads: (x) => tf.tidy(() => {
      const scaled = tf.div(x, Math.sqrt(features));
      return tf.concat(layers.map((layer) => layer(scaled)), 1);
    }),
  };
}
