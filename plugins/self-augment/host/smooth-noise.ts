import type { Random } from '../../../framework/index.js';

/** Noise in [−1, 1] that varies smoothly over a picture: random values on a grid of `knots` by `knots`, interpolated with smooth steps. */
export function smoothNoise(random: Random, size: number, knots: number): (column: number, row: number) => number {
  const values = Float32Array.from({ length: knots * knots }, () => random.between(-1, 1));
  const smooth = (t: number): number => t * t * (3 - 2 * t);
  return (column, row) => {
    const [x, y] = [((knots - 1) * (column + 0.5)) / size, ((knots - 1) * (row + 0.5)) / size];
    const [left, top] = [Math.min(knots - 2, Math.floor(x)), Math.min(knots - 2, Math.floor(y))];
    const [across, down] = [smooth(x - left), smooth(y - top)];
    const at = (r: number, c: number): number => values[(top + r) * knots + left + c]!;
    const upper = at(0, 0) * (1 - across) + at(0, 1) * across;
    const lower = at(1, 0) * (1 - across) + at(1, 1) * across;
    return upper * (1 - down) + lower * down;
  };
}
