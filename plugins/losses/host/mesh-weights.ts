import type { LinearMesh } from '../contracts/coefficients.js';

export interface MeshScales {
  readonly shape: number;
  readonly albedo: number;
  readonly angles: number;
  readonly light: number;
  readonly translation: number;
  readonly depth: number;
}

/**
 * [257] weights w with Σ w_i Δ_i² = mean_v ‖Δv‖² / s_shape² + mean ΔT² / s_albedo² + …: a mode weighs the mean square of its column. Modes
 * are taken as orthogonal over the mesh, which principal modes of one basis nearly are.
 */
export function meshWeights(face: LinearMesh, scales: MeshScales): Float32Array {
  const weights = new Float32Array(257);
  weights.set(columnSquares(face.identityBasis, 80, face.vertexCount * scales.shape ** 2), 0);
  weights.set(columnSquares(face.expressionBasis, 64, face.vertexCount * scales.shape ** 2), 80);
  weights.set(columnSquares(face.albedoBasis, 80, 3 * face.vertexCount * scales.albedo ** 2), 144);
  weights.fill(1 / (3 * scales.angles ** 2), 224, 227);
  weights.fill(1 / (27 * scales.light ** 2), 227, 254);
  weights.fill(1 / (2 * scales.translation ** 2), 254, 256);
  weights.fill(1 / scales.depth ** 2, 256);
  return weights;
}

function columnSquares(basis: ArrayLike<number>, columns: number, scale: number): Float32Array {
  const squares = new Float64Array(columns);
  for (let at = 0; at < basis.length; at++) squares[at % columns]! += basis[at]! ** 2;
  return Float32Array.from(squares, (value) => value / scale);
}
