/** Expression units of the face, each on its own side where the two sides can move apart. */
import { readTargetNames, readTargets } from './makehuman-files.js';

const folder = 'expression/units';
const origins = ['african', 'asian', 'caucasian'] as const;

/** Units without a side in their name whose two sides people can move apart: corners and wings, not the jaw. */
const splittable = /^mouth-(corner-puller|depression|depression-retraction|elevation|retraction|upward-retraction|part-later)$/;

/** Width of the band about the mirror plane, in decimetres, over which a unit passes from one side to the other. */
const blend = 0.15;

/**
 * Offsets [needed*3] of every unit: the mean over the three origins for which the data has it. Units of the
 * mouth's corners and wings are split into a left and a right half by a smooth mask, and the halves sum to the unit.
 */
export function expressionOffsets(needed: Int32Array, rest: Float64Array): Float64Array[] {
  const prefix = `${folder}/${origins[0]}/`;
  const names = readTargetNames().filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)).sort();
  const targets = readTargets(origins.flatMap((origin) => names.map((name) => `${folder}/${origin}/${name}`)), needed);
  return names.flatMap((name) => {
    const whole = meanOf(origins.map((origin) => targets.get(`${folder}/${origin}/${name}`)!));
    return splittable.test(name) ? [half(whole, rest, 1), half(whole, rest, -1)] : [whole];
  });
}

function meanOf(offsets: readonly Float32Array[]): Float64Array {
  return Float64Array.from(offsets[0]!, (_, at) => offsets.reduce((sum, each) => sum + each[at]!, 0) / offsets.length);
}

function half(whole: Float64Array, rest: Float64Array, side: 1 | -1): Float64Array {
  return whole.map((value, at) => value * smoothStep((side * rest[at - (at % 3)]!) / blend));
}

/** 0 below −1, 1 above 1, smooth between; s(x) + s(−x) = 1. */
function smoothStep(x: number): number {
  const t = Math.min(Math.max((x + 1) / 2, 0), 1);
  return t * t * (3 - 2 * t);
}
