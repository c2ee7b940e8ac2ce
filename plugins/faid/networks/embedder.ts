import { resizeByMatrices, tf, type Tensor } from '../../../framework/device/index.js';
import type { FaceNetworks, NetworkName } from '../host/face-networks.js';
import type { WeightMap } from '../host/weight-map.js';
import { ageGenderNetwork } from './age-gender.js';
import { expressionNetwork } from './expression.js';
import type { MakeConstant } from './frozen-convolution.js';
import { meanColour } from './mean-colour.js';
import { recognitionNetwork } from './recognition.js';

const builders: Readonly<Record<NetworkName, (constant: MakeConstant, weights: WeightMap) => (images: Tensor) => Tensor>> = {
  recognition: recognitionNetwork, 'age-gender': ageGenderNetwork, expression: expressionNetwork,
};

export interface EmbedSizes {
  /** Side of the image that the recognition network sees, px. */
  readonly identitySize: number;
  /** Side of the image that the attribute networks see, px. */
  readonly attributeSize: number;
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
export function embedder(constant: MakeConstant, networks: FaceNetworks, sizes: EmbedSizes): (images: Tensor, mask?: Tensor) => FaceFeatures {
  const recognise = builders[networks.identity.name](constant, networks.identity.weights);
  const describe = networks.attributes.map(({ name, weights }) => builders[name](constant, weights));
  return (images, mask) =>
    tf.tidy(() => {
      const prepared = tf.sub(mask ? tf.mul(images, mask) : images, meanColour);
      const small = resized(prepared, sizes.attributeSize);
      return {
        identity: recognise(resized(prepared, sizes.identitySize)),
        attributes: tf.concat(describe.map((network) => network(small)), 1),
      };
    }) as FaceFeatures;
}

function resized(images: Tensor, size: number): Tensor {
  return images.shape[1] === size && images.shape[2] === size ? images : resizeByMatrices(images, size, size);
}
