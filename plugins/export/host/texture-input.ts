import { FlowError, type HostTensor } from '../../../framework/index.js';
import type { Picture } from '../../texture/index.js';

export interface GivenTexture {
  /** Albedo, sRGB in [0, 1]. */
  readonly picture: Picture;
  /** [V*2] u right, v up, in [0, 1]. */
  readonly uvs: Float32Array;
}

/**
 * The texture that a stage was given, if any.
 *
 * @throws FlowError FLOW_EDGE when only one of the two inputs is connected
 */
export function textureInput(stage: string, inputs: { readonly texture?: HostTensor; readonly uvs?: HostTensor }): GivenTexture | undefined {
  const { texture, uvs } = inputs;
  if ((texture === undefined) !== (uvs === undefined)) {
    throw new FlowError('FLOW_EDGE', {
      message: 'A texture comes with the places of the vertices in it.', who: stage,
      expected: 'both or neither of "texture" and "uvs" connected', got: texture ? '"texture" alone' : '"uvs" alone',
    });
  }
  if (!texture || !uvs) return undefined;
  const [height, width, channels] = texture.shape as [number, number, number];
  return { picture: { width, height, channels, data: texture.data as Float32Array }, uvs: uvs.data as Float32Array };
}
