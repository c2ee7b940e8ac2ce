/** The addition to the albedo that is best for all photos at once. */
import type { VertexColours } from '../../coarse-3dmm/index.js';
import { shadeHost } from '../../rasterizer/index.js';

/**
 * Least squares over photos: the r of each vertex and channel that makes Σ w (c − s (a + r))² + λ r² least, with the photo's colour c at
 * the vertex, how well it is seen w, its shade s and the coarse albedo a; r = Σ w s (c − s a) / (Σ w s² + λ).
 *
 * Source: ours; the optimum of `constant` for the mean square error of pixels, so for the mean of PSNR up to its logarithm.
 */
export class ConstantSums {
  private readonly products: Float64Array;
  private readonly squares: Float64Array;

  constructor(vertexCount: number) {
    this.products = new Float64Array(3 * vertexCount);
    this.squares = new Float64Array(3 * vertexCount);
  }

  /** @param albedo [V*3]; @param light [27] */
  add({ colours, normals, seen }: VertexColours, albedo: ArrayLike<number>, light: ArrayLike<number>): void {
    const shade = shadeHost(Float64Array.from(normals, (value) => value / 127), Float64Array.from(light));
    for (let at = 0; at < this.products.length; at++) {
      const weight = seen[Math.floor(at / 3)]! / 255;
      this.products[at]! += weight * shade[at]! * (colours[at]! / 255 - shade[at]! * albedo[at]!);
      this.squares[at]! += weight * shade[at]! ** 2;
    }
  }

  /** [V*3]; 0 where no photo shows the vertex. @param prior λ > 0 */
  solve(prior: number): Float32Array {
    return Float32Array.from(this.products, (product, at) => product / (this.squares[at]! + prior));
  }
}
