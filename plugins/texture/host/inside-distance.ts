/** How deep inside a mask each pixel lies. */

const straight = 1;
const diagonal = Math.SQRT2;

/**
 * Distance of each pixel inside to the nearest one outside, px, as two sweeps over the eight neighbours find it (chamfer distance,
 * Borgefors 1986; up to 8 % too long off the axes). Beyond the border counts as outside.
 *
 * @param mask [size*size], inside where above one half
 */
export function insideDistance(mask: ArrayLike<number>, size: number): Float32Array {
  const distance = Float32Array.from(mask, (value) => (value > 0.5 ? Infinity : 0));
  const at = (row: number, column: number): number => (row < 0 || column < 0 || row >= size || column >= size ? 0 : distance[row * size + column]!);
  const sweep = (row: number, column: number, way: 1 | -1): void => {
    const pixel = row * size + column;
    distance[pixel] = Math.min(
      distance[pixel]!, at(row, column - way) + straight, at(row - way, column) + straight, at(row - way, column - way) + diagonal,
      at(row - way, column + way) + diagonal,
    );
  };
  for (let row = 0; row < size; row++) for (let column = 0; column < size; column++) sweep(row, column, 1);
  for (let row = size - 1; row >= 0; row--) for (let column = size - 1; column >= 0; column--) sweep(row, column, -1);
  return distance;
}
