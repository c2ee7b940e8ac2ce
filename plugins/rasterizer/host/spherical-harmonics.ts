/** Light as nine real spherical harmonics a channel, with the order, signs and factors of Deep3D. */
import type { Numbers } from './camera.js';

/** Factors of the bands, as `shBasis` lists them. */
export const factor0 = Math.PI / Math.sqrt(4 * Math.PI);
export const factor1 = ((2 * Math.PI) / Math.sqrt(3)) * (Math.sqrt(3) / Math.sqrt(4 * Math.PI));
export const factor2 = ((2 * Math.PI) / Math.sqrt(8)) * ((3 * Math.sqrt(5)) / Math.sqrt(12 * Math.PI));
export const factor20 = factor2 / 2 / Math.sqrt(3);
export const factor22 = factor2 / 2;

/** Deep3D's start value on band 0: at γ = 0 the shade is 0.8 · 0.886227 = 0.708982 everywhere. */
export const ambientStart = 0.8;

/**
 * The nine basis values at the unit normal (x, y, z):
 * f₀, −f₁ y, f₁ z, −f₁ x, f₂ xy, −f₂ yz, f₂₀ (3z² − 1), −f₂ xz, f₂₂ (x² − y²)
 * with f₀ = 0.886227, f₁ = 1.772454, f₂ = 2.427032, f₂₀ = 0.700624, f₂₂ = 1.213516.
 *
 * Source: Deep3D (`models/bfm.py`, `compute_color`); Ramamoorthi and Hanrahan 2001. DECA's order and factors are others.
 */
export function shBasis(normal: ArrayLike<number>): Float64Array {
  const x = normal[0]!;
  const y = normal[1]!;
  const z = normal[2]!;
  return Float64Array.of(
    factor0, -factor1 * y, factor1 * z, -factor1 * x, factor2 * x * y, -factor2 * y * z,
    factor20 * (3 * z * z - 1), -factor2 * x * z, factor22 * (x * x - y * y),
  );
}

/**
 * shade_c = Σ_k Y_k(n) (γ_ck + init_k), init = (0.8, 0, …, 0).
 *
 * @param normals `count` unit normals
 * @param light γ, 27 numbers, channel-major: nine of red, nine of green, nine of blue
 * @param result filled with three numbers (r, g, b) a normal
 */
export function shadeInto(
  normals: Numbers, normalOffset: number, count: number, light: Numbers, lightOffset: number, result: Numbers, resultOffset: number,
): void {
  for (let channel = 0; channel < 3; channel++) {
    const at = lightOffset + channel * 9;
    const l0 = factor0 * (light[at]! + ambientStart);
    const l1 = -factor1 * light[at + 1]!;
    const l2 = factor1 * light[at + 2]!;
    const l3 = -factor1 * light[at + 3]!;
    const l4 = factor2 * light[at + 4]!;
    const l5 = -factor2 * light[at + 5]!;
    const l6 = factor20 * light[at + 6]!;
    const l7 = -factor2 * light[at + 7]!;
    const l8 = factor22 * light[at + 8]!;
    for (let index = 0; index < count; index++) {
      const from = normalOffset + index * 3;
      const x = normals[from]!;
      const y = normals[from + 1]!;
      const z = normals[from + 2]!;
      result[resultOffset + index * 3 + channel] =
        l0 + l1 * y + l2 * z + l3 * x + l4 * x * y + l5 * y * z + l6 * (3 * z * z - 1) + l7 * x * z + l8 * (x * x - y * y);
    }
  }
}

/** Adds the derivatives by the normals and by the light, given g = ∂F/∂shade. */
export function shadeBackwardInto(
  normals: Numbers, normalOffset: number, count: number, light: Numbers, lightOffset: number,
  gradients: Numbers, gradientOffset: number, toNormals: Numbers, toLight: Numbers,
): void {
  for (let channel = 0; channel < 3; channel++) {
    const at = lightOffset + channel * 9;
    const l1 = -factor1 * light[at + 1]!;
    const l2 = factor1 * light[at + 2]!;
    const l3 = -factor1 * light[at + 3]!;
    const l4 = factor2 * light[at + 4]!;
    const l5 = -factor2 * light[at + 5]!;
    const l6 = factor20 * light[at + 6]!;
    const l7 = -factor2 * light[at + 7]!;
    const l8 = factor22 * light[at + 8]!;
    let s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0, s8 = 0;
    for (let index = 0; index < count; index++) {
      const g = gradients[gradientOffset + index * 3 + channel]!;
      if (g === 0) continue;
      const from = normalOffset + index * 3;
      const x = normals[from]!;
      const y = normals[from + 1]!;
      const z = normals[from + 2]!;
      s0 += g;
      s1 += g * y;
      s2 += g * z;
      s3 += g * x;
      s4 += g * x * y;
      s5 += g * y * z;
      s6 += g * (3 * z * z - 1);
      s7 += g * x * z;
      s8 += g * (x * x - y * y);
      toNormals[from] = toNormals[from]! + g * (l3 + l4 * y + l7 * z + 2 * l8 * x);
      toNormals[from + 1] = toNormals[from + 1]! + g * (l1 + l4 * x + l5 * z - 2 * l8 * y);
      toNormals[from + 2] = toNormals[from + 2]! + g * (l2 + l5 * y + 6 * l6 * z + l7 * x);
    }
    const sums = [
      factor0 * s0, -factor1 * s1, factor1 * s2, -factor1 * s3, factor2 * s4, -factor2 * s5, factor20 * s6, -factor2 * s7, factor22 * s8,
    ];
    sums.forEach((sum, band) => (toLight[at + band] = toLight[at + band]! + sum));
  }
}
