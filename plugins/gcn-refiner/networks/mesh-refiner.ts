import { sparseMatMul, tf, type Tensor } from '../../../framework/device/index.js';
import type { MeshLevel } from '../host/mesh-levels.js';
import { residualBlock, type MakeVariable } from './residual-block.js';

export interface MeshNetwork {
  /** Channels of the input and of the output of a vertex. */
  readonly from: number;
  readonly to: number;
  /** Channels after the first three of the four blocks; the fourth gives `to`. */
  readonly widths: 'narrow' | 'wide' | readonly number[];
  /** K, the number of Chebyshev terms. */
  readonly terms: number;
  /** Run the second and third block at a quarter of the vertices. */
  readonly pooled: boolean;
}

/** 3D-Face-GCNs has 16, 32, 32, 16 and 16, 32, 64, 128 before the last block of five; the paper has four blocks and names no widths. */
const namedWidths = { narrow: [16, 32, 16], wide: [32, 64, 128] } as const;

/**
 * Four spectral residual blocks on a mesh: [B, N, from] → [B, N, to], zero before training.
 *
 * Source: the paper, 3.2.1 (four blocks). `pooled` follows 3D-Face-GCNs, which runs its inner blocks at a quarter of the vertices.
 *
 * @param levels from `meshLevels`: one level, or two when pooled.
 */
export function meshNetwork(
  variable: MakeVariable, levels: readonly MeshLevel[], { from, to, widths, terms, pooled }: MeshNetwork,
): (features: Tensor) => Tensor {
  const channels = [from, ...(typeof widths === 'string' ? namedWidths[widths] : widths), to];
  const blocks = [0, 1, 2, 3].map((index) =>
    residualBlock(variable, `block${index + 1}`, { from: channels[index]!, to: channels[index + 1]!, terms, last: index === 3 }),
  );
  const [fine, coarse] = levels as readonly [MeshLevel, MeshLevel];
  const inner = pooled ? coarse : fine;
  return (features) =>
    tf.tidy(() => {
      const entered = blocks[0]!(features, fine.laplacian);
      const below = pooled ? sparseMatMul(fine.pool!, entered) : entered;
      const refined = blocks[2]!(blocks[1]!(below, inner.laplacian), inner.laplacian);
      return blocks[3]!(pooled ? sparseMatMul(fine.unpool!, refined) : refined, fine.laplacian);
    });
}

/**
 * The mesh-wise refiner: albedo [B, N, 3] in [0, 1] → residual [B, N, 3], zero before training.
 *
 * Source: the paper, 3.2.1 (colours alone as input). Differs: a residual instead of a texture.
 */
export function meshRefiner(variable: MakeVariable, levels: readonly MeshLevel[], shape: Omit<MeshNetwork, 'from' | 'to'>): (albedo: Tensor) => Tensor {
  const network = meshNetwork(variable, levels, { ...shape, from: 3, to: 3 });
  return (albedo) => tf.tidy(() => network(tf.sub(tf.mul(albedo, 2), 1)));
}
