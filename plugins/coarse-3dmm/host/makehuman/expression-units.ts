/** Expression units of the face, each on its own side where the two sides can move apart. */
import type { Random } from '../../../../framework/index.js';
import { readTargetNames, readTargets } from './makehuman-files.js';

const folder = 'expression/units';
const origins = ['african', 'asian', 'caucasian'] as const;

/** Units without a side in their name whose two sides people can move apart: corners and wings, not the jaw. */
const splittable = /^mouth-(corner-puller|depression|depression-retraction|elevation|retraction|upward-retraction|part-later)$/;

/** Width of the band about the mirror plane, in decimetres, over which a unit passes from one side to the other. */
const blend = 0.15;

/** A unit of both sides or of none: one field of offsets [needed*3], or the fields of the left and the right side. */
export type ExpressionUnit = readonly [whole: Float64Array] | readonly [left: Float64Array, right: Float64Array];

/**
 * All units: the mean over the three origins for which the data has them. Units of the mouth's corners and wings are split
 * into a left and a right half by a smooth mask, and the halves sum to the unit.
 */
export function expressionUnits(needed: Int32Array, rest: Float64Array): ExpressionUnit[] {
  const prefix = `${folder}/${origins[0]}/`;
  const names = readTargetNames().filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)).sort();
  const targets = readTargets(origins.flatMap((origin) => names.map((name) => `${folder}/${origin}/${name}`)), needed);
  const unit = (name: string): Float64Array => meanOf(origins.map((origin) => targets.get(`${folder}/${origin}/${name}`)!));
  return names.filter((name) => !name.includes('-right-')).map((name): ExpressionUnit => {
    if (name.includes('-left-')) return [unit(name), unit(name.replace('-left-', '-right-'))];
    return splittable.test(name) ? [half(unit(name), rest, 1), half(unit(name), rest, -1)] : [unit(name)];
  });
}

/**
 * Amounts of the fields of a unit, 0 to 1. Mostly both sides of a face move together, one somewhat further than the other; one
 * time in eight a side moves alone.
 */
export function drawAmounts(unit: ExpressionUnit, random: Random): readonly number[] {
  const amount = random.uniform() < 0.15 ? random.uniform() : 0;
  const [alone, side, slack] = [random.uniform() < 0.125, random.integer(2), random.between(0.8, 1)];
  if (unit.length === 1) return [amount];
  return side === 0 ? [amount, alone ? 0 : amount * slack] : [alone ? 0 : amount * slack, amount];
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
