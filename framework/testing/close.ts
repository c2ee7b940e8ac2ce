import { valuesOf, type Numbers } from './values.js';

export interface Tolerance {
  /** Relative to the expected value. */
  readonly rtol?: number;
  /** Absolute. */
  readonly atol?: number;
}

/** What float32 arithmetic in another order may change. A wider tolerance needs a comment with the measured error. */
export const float32Tolerance = { rtol: 1e-4, atol: 1e-5 } as const;

/**
 * Asserts |actual − expected| ≤ atol + rtol · |expected| everywhere, and equal shapes where both have one. A value that is
 * not finite is never close.
 *
 * @throws Error naming the worst index, both values and how many failed.
 */
export function close(actual: Numbers, expected: Numbers, tolerance: Tolerance = {}): void {
  const { rtol, atol } = { ...float32Tolerance, ...tolerance };
  const got = valuesOf(actual);
  const wanted = valuesOf(expected);
  checkShapes(got, wanted);
  let failures = 0;
  let worst = { excess: -Infinity, index: -1 };
  for (let index = 0; index < wanted.data.length; index++) {
    const difference = Math.abs(got.data[index]! - wanted.data[index]!);
    const excess = difference - (atol + rtol * Math.abs(wanted.data[index]!));
    const failed = !Number.isFinite(difference) || excess > 0;
    if (!failed) continue;
    failures++;
    const weight = Number.isFinite(difference) ? excess : Infinity;
    if (weight > worst.excess) worst = { excess: weight, index };
  }
  if (failures === 0) return;
  throw new Error(
    `not close: ${failures} of ${wanted.data.length} values; worst at [${position(worst.index, wanted.shape).join(', ')}]: ` +
    `got ${got.data[worst.index]}, expected ${wanted.data[worst.index]} (rtol ${rtol}, atol ${atol})`,
  );
}

interface Shaped {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** An array has no shape of its own, so its length must fit; two tensors must have the same shape. */
function checkShapes(got: Shaped, wanted: Shaped): void {
  const bothShaped = got.shape.length > 1 && wanted.shape.length > 1;
  const same = got.data.length === wanted.data.length && (!bothShaped || got.shape.join() === wanted.shape.join());
  if (!same) throw new Error(`not close: got shape [${got.shape.join(', ')}], expected [${wanted.shape.join(', ')}]`);
}

function position(index: number, shape: readonly number[]): number[] {
  const result: number[] = [];
  for (let axis = shape.length - 1, rest = index; axis >= 0; axis--) {
    result.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return result;
}
