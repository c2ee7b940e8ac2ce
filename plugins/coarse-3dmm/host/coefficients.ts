/** The 257 coefficients of Deep3D: what stands where. */

/** Start (inclusive) and end (exclusive) of each group in the 257-vector. */
export const coefficientSlices = {
  /** Shape of the person, standard deviations. */
  identity: [0, 80],
  /** Expression, standard deviations. */
  expression: [80, 144],
  /** Albedo, standard deviations. */
  albedo: [144, 224],
  /** Rotation about x (pitch), y (yaw), z (roll), radians. */
  angles: [224, 227],
  /** Light: nine spherical harmonics of red, then of green, then of blue. */
  light: [227, 254],
  /** Translation x, y, z, decimetres. */
  translation: [254, 257],
} as const satisfies Record<string, readonly [number, number]>;

export type CoefficientGroup = keyof typeof coefficientSlices;

export const coefficientCount = 257;
export const identityCount = 80;
export const expressionCount = 64;
export const albedoCount = 80;

/** One group of a coefficient vector, as a view. */
export function coefficientGroup<T extends Float32Array | Float64Array>(coefficients: T, group: CoefficientGroup): T {
  const [start, end] = coefficientSlices[group];
  return coefficients.subarray(start, end) as T;
}
