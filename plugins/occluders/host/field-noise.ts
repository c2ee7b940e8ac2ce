import type { Random } from '../../../framework/index.js';

const side = 64;

/**
 * Smooth noise in [−1, 1] over the plane, with one random value at each whole point (Perlin's value noise), repeated every 64.
 * Stretch its arguments to make strands, folds or grain.
 */
export function fieldNoise(random: Random): (x: number, y: number) => number {
  const values = Float32Array.from({ length: side * side }, () => random.between(-1, 1));
  return (x, y) => {
    const left = Math.floor(x);
    const top = Math.floor(y);
    const across = smooth(x - left);
    const down = smooth(y - top);
    const column = left & 63;
    const nextColumn = (left + 1) & 63;
    const row = (top & 63) * side;
    const nextRow = ((top + 1) & 63) * side;
    const upper = values[row + column] * (1 - across) + values[row + nextColumn] * across;
    const lower = values[nextRow + column] * (1 - across) + values[nextRow + nextColumn] * across;
    return upper * (1 - down) + lower * down;
  };
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}
