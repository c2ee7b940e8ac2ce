/** What mirroring needs to know of a face model whose modes are symmetric or antisymmetric. */
export interface SymmetricFace {
  readonly vertexCount: number;
  /** [V] the vertex at the mirror image of each vertex. */
  readonly mirror: Int32Array;
  /** [V*3, 80] */
  readonly identityBasis: Float32Array;
  /** [V*3, 64] */
  readonly expressionBasis: Float32Array;
  /** [V*3, 80] */
  readonly albedoBasis: Float32Array;
}

/** Bands of the light that are odd in x: −x, xy, −xz. */
const oddBands = new Set([3, 4, 7]);

/**
 * The factors ± 1 that turn the 257 coefficients of a face into those of its mirror image: antisymmetric modes, yaw, roll, the light
 * from the side and the shift to the side change their sign.
 */
export function mirrorSigns(face: SymmetricFace): Float32Array {
  const signs = new Float32Array(257).fill(1);
  signs.set(signsOf(face.identityBasis, face.mirror, 80, -1), 0);
  signs.set(signsOf(face.expressionBasis, face.mirror, 64, -1), 80);
  signs.set(signsOf(face.albedoBasis, face.mirror, 80, 1), 144);
  signs[225] = signs[226] = signs[254] = -1;
  for (let at = 0; at < 27; at++) if (oddBands.has(at % 9)) signs[227 + at] = -1;
  return signs;
}

/** Sign of each mode's inner product with its mirror image; `x` is what mirroring does to the first of three channels. */
function signsOf(basis: Float32Array, mirror: Int32Array, modes: number, x: 1 | -1): Float32Array {
  const products = new Float64Array(modes);
  mirror.forEach((other, vertex) => {
    for (let channel = 0; channel < 3; channel++) {
      const factor = channel === 0 ? x : 1;
      for (let mode = 0; mode < modes; mode++) {
        products[mode]! += factor * basis[(vertex * 3 + channel) * modes + mode]! * basis[(other * 3 + channel) * modes + mode]!;
      }
    }
  });
  return Float32Array.from(products, (product) => (product < 0 ? -1 : 1));
}
