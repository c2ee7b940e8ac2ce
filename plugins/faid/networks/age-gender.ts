import { tf, type Tensor } from '../../../framework/device/index.js';
import { weight, type WeightMap } from '../host/weight-map.js';
import { frozenConvolution, type MakeConstant } from './frozen-convolution.js';
import { maxPool } from './pooling.js';
import { frozenSeparable } from './separable.js';

const network = 'age-gender';

/**
 * The features on which face-api reads age and sex: images [B, S, S, 3] in [0, 1], minus the mean colour → [B, 512], the mean over
 * positions of the last layer of a small Xception. Made for S = 112.
 *
 * Source: `TinyXception` and `AgeGenderNet` of @vladmandic/face-api 1.7.
 */
export function ageGenderNetwork(constant: MakeConstant, weights: WeightMap): (images: Tensor) => Tensor {
  const separable = (name: string, relu: boolean): ((x: Tensor) => Tensor) => frozenSeparable(constant, network, weights, name, 1, relu);
  const convolution = (name: string, relu: boolean): ((x: Tensor) => Tensor) =>
    frozenConvolution(
      constant, `${network}/${name}`, weight(weights, `${name}/filters`), Float32Array.from(weight(weights, `${name}/bias`).data),
      { stride: 2, padding: 'same', relu },
    );
  const reduction = (name: string, activateInput: boolean): ((x: Tensor) => Tensor) => {
    const [first, second] = [separable(`${name}/separable_conv0`, true), separable(`${name}/separable_conv1`, false)];
    const expand = convolution(`${name}/expansion_conv`, false);
    return (x) => {
      const branch = second(first(activateInput ? tf.relu(x) : x));
      return tf.add(maxPool(branch, 'same'), expand(x));
    };
  };
  const main = (name: string): ((x: Tensor) => Tensor) => {
    const [first, second, third] = [0, 1, 2].map((index) => separable(`${name}/separable_conv${index}`, index < 2)) as [
      (x: Tensor) => Tensor, (x: Tensor) => Tensor, (x: Tensor) => Tensor,
    ];
    return (x) => tf.add(third(second(first(tf.relu(x)))), x);
  };
  const layers = [
    convolution('entry_flow/conv_in', true),
    reduction('entry_flow/reduction_block_0', false), reduction('entry_flow/reduction_block_1', true),
    main('middle_flow/main_block_0'), main('middle_flow/main_block_1'),
    reduction('exit_flow/reduction_block', true), separable('exit_flow/separable_conv', true),
  ];
  return (images) => tf.mean(layers.reduce<Tensor>((x, layer) => layer(x), images), [1, 2]);
}
