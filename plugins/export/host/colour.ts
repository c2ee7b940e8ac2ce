/** sRGB as photos store it (gamma-encoded) → linear light, both in [0, 1]. Source: IEC 61966-2-1. */
export function srgbToLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** The value cut to [0, 1]; NaN becomes 0. */
export function clampUnit(value: number): number {
  return value > 0 ? (value < 1 ? value : 1) : 0;
}

/** A colour in [0, 1] as a byte; what lies outside is clamped, NaN becomes 0. */
export function toByte(value: number): number {
  return Math.round(255 * clampUnit(value));
}
