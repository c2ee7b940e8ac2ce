import { heNormal, zeros } from '../../../framework/index.js';
import { sparseMatMul, tf, type Tensor } from '../../../framework/device/index.js';
import { residualBlock, type MakeVariable, type MeshLevel } from '../../gcn-refiner/index.js';

export interface GraphDecoder {
  /** Length of the feature vector. */
  readonly features: number;
  /** Channels on the coarsest mesh. */
  readonly coarse: number;
  /** Channels after the first three of the four steps; the fourth gives 3. */
  readonly widths: 'narrow' | 'wide' | readonly number[];
  /** K, the number of Chebyshev terms. */
  readonly terms: number;
}

/** Those of 3D-Face-GCNs. */
const namedWidths = { narrow: [16, 16, 16], wide: [64, 128, 256] } as const;

/**
 * Features [B, F] → residual of the albedo [B, N, 3], zero before training: a fully connected layer with ReLU to the coarsest mesh,
 * then four times (unpool, residual block).
 *
 * Source: the paper, 3.2.2; the decoder of 3D-Face-GCNs (`model_resnet.py`). Differs: a residual instead of a texture.
 *
 * @param levels five mesh levels, finest first.
 */
export function graphDecoder(variable: MakeVariable, levels: readonly MeshLevel[], { features, coarse, widths, terms }: GraphDecoder): (x: Tensor) => Tensor {
  const coarsest = levels[4]!.vertexCount;
  const kernel = variable('fc/kernel', [features, coarsest * coarse], heNormal);
  const bias = variable('fc/bias', [coarsest * coarse], zeros);
  const channels = [coarse, ...(typeof widths === 'string' ? namedWidths[widths] : widths), 3];
  const blocks = [0, 1, 2, 3].map((index) =>
    residualBlock(variable, `block${index + 1}`, { from: channels[index]!, to: channels[index + 1]!, terms, last: index === 3 }),
  );
  return (x) =>
    tf.tidy(() => {
      const start = tf.relu(tf.add(tf.matMul(x, kernel), bias));
      return blocks.reduce<Tensor>((signal, block, index) => {
        const level = levels[3 - index]!;
        return block(sparseMatMul(level.unpool!, signal), level.laplacian);
      }, tf.reshape(start, [-1, coarsest, coarse]));
    });
}
