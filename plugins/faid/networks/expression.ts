import { tf, type Tensor } from '../../../framework/device/index.js';
import { weight, type WeightMap } from '../host/weight-map.js';
import { frozenConvolution, type MakeConstant } from './frozen-convolution.js';
import { frozenSeparable } from './separable.js';

const network = 'expression';

/**
 * The features on which face-api reads seven expressions: images [B, S, S, 3] in [0, 1], minus the mean colour → [B, 256], the mean
 * over positions of four dense blocks. Made for S = 112.
 *
 * Source: `FaceFeatureExtractor` and `FaceExpressionNet` of @vladmandic/face-api 1.7.
 */
export function expressionNetwork(constant: MakeConstant, weights: WeightMap): (images: Tensor) => Tensor {
  const blocks = [0, 1, 2, 3].map((index) => denseBlock(constant, weights, `dense${index}`));
  return (images) => tf.mean(blocks.reduce<Tensor>((x, block) => block(x), images), [1, 2]);
}

/** Four convolutions, each fed by the sum of all before it; the first halves the extent. */
function denseBlock(constant: MakeConstant, weights: WeightMap, name: string): (x: Tensor) => Tensor {
  const first = weights.has(`${name}/conv0/filters`)
    ? frozenConvolution(
        constant, `${network}/${name}/conv0`, weight(weights, `${name}/conv0/filters`),
        Float32Array.from(weight(weights, `${name}/conv0/bias`).data), { stride: 2, padding: 'same', relu: true },
      )
    : frozenSeparable(constant, network, weights, `${name}/conv0`, 2, true);
  const [second, third, fourth] = [1, 2, 3].map((index) =>
    frozenSeparable(constant, network, weights, `${name}/conv${index}`, 1, false),
  ) as [(x: Tensor) => Tensor, (x: Tensor) => Tensor, (x: Tensor) => Tensor];
  return (x) => {
    const out1 = first(x);
    const sum2 = tf.add(out1, second(out1));
    const sum3 = tf.add(sum2, third(tf.relu(sum2)));
    return tf.relu(tf.add(sum3, fourth(tf.relu(sum3))));
  };
}
