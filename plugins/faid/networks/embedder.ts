import { resizeByMatrices, tf, type Tensor } from '../../../framework/device/index.js';
import type { FaceNetwork, FaceNetworks, FeatureStatistics, NetworkName } from '../host/face-networks.js';
import type { WeightMap } from '../host/weight-map.js';
import { ageGenderNetwork } from './age-gender.js';
import { expressionNetwork } from './expression.js';
import type { MakeConstant } from './frozen-convolution.js';
import { meanColour } from './mean-colour.js';
import { recognitionNetwork } from './recognition.js';

const builders: Readonly<Record<NetworkName, (constant: MakeConstant, weights: WeightMap) => (images: Tensor) => Tensor>> = {
  recognition: recognitionNetwork, 'age-gender': ageGenderNetwork, expression: expressionNetwork,
};

export interface EmbedOptions {
  /** Side of the image that the recognition network sees, px. */
  readonly identitySize: number;
  /** Side of the image that the attribute networks see, px. */
  readonly attributeSize: number;
  /** Run only these networks; the other features are zero. */
  readonly only?: 'identity' | 'attributes';
}

export interface FaceFeatures {
  /** [B, 128] */
  readonly identity: Tensor;
  /** [B, A] */
  readonly attributes: Tensor;
}

/**
 * Identity code and attribute features of images [B, S, S, 3] in [0, 1]. Where a mask [B, S, S, 1] is given, the rest becomes black:
 * features are compared only between images with the same support.
 */
export function embedder(constant: MakeConstant, networks: FaceNetworks, options: EmbedOptions): (images: Tensor, mask?: Tensor) => FaceFeatures {
  const { identitySize, attributeSize, only } = options;
  const network = ({ name, weights }: FaceNetwork): ((images: Tensor) => Tensor) => builders[name](constant, weights);
  const recognise = only === 'attributes' ? nothing(networks.statistics.identity) : network(networks.identity);
  const describe = only === 'identity' ? [nothing(networks.statistics.attributes)] : networks.attributes.map(network);
  return (images, mask) =>
    tf.tidy(() => {
      const prepared = tf.sub(mask ? tf.mul(images, mask) : images, meanColour);
      const small = resized(prepared, attributeSize);
      return {
        identity: recognise(resized(prepared, identitySize)),
        attributes: tf.concat(describe.map((run) => run(small)), 1),
      };
    }) as FaceFeatures;
}

/** Zeros in the place of features that are not wanted. */
function nothing({ mean }: FeatureStatistics): (images: Tensor) => Tensor {
  return (images) => tf.zeros([images.shape[0]!, mean.length]);
}

function resized(images: Tensor, size: number): Tensor {
  return images.shape[1] === size && images.shape[2] === size ? images : resizeByMatrices(images, size, size);
}
