/** IEEE 754 half precision, for files: round to nearest, ties to even. */

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** The 16 bits of the half nearest to `value`; beyond 65 504 it is infinite. */
export function toHalf(value: number): number {
  single[0] = value;
  const word = bits[0]!;
  const sign = (word >>> 16) & 0x8000;
  const exponent = (word >>> 23) & 0xff;
  const fraction = word & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction ? 0x200 : 0);
  const shifted = exponent - 112;
  if (shifted >= 31) return sign | 0x7c00;
  if (shifted >= 1) return sign + roundedShift((shifted << 23) | fraction, 13);
  if (shifted < -10) return sign;
  return sign + roundedShift(fraction | 0x800000, 14 - shifted);
}

/** A carry out of the fraction moves into the exponent, as it should. */
function roundedShift(word: number, shift: number): number {
  const kept = word >>> shift;
  const rest = word & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

/** The number that 16 bits stand for. */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let numbers: Float32Array | undefined;

/** The numbers of many halves, from a table of all 65 536: files of weights hold millions. */
export function fromHalves(halves: Uint16Array): Float32Array {
  numbers ??= Float32Array.from({ length: 2 ** 16 }, (_, half) => fromHalf(half));
  const result = new Float32Array(halves.length);
  for (let at = 0; at < halves.length; at++) result[at] = numbers[halves[at]!]!;
  return result;
}
