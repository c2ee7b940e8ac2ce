import type { Mesh } from '../host/decimate.js';

/** A grid of columns × rows vertices over the unit square, with heights. */
export function heightField(columns: number, rows: number, height: (x: number, y: number) => number): Mesh {
  const positions: number[] = [];
  const triangles: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [x, y] = [column / (columns - 1), row / (rows - 1)];
      positions.push(x, y, height(x, y));
      if (row === rows - 1 || column === columns - 1) continue;
      const corner = row * columns + column;
      triangles.push(corner, corner + 1, corner + columns, corner + 1, corner + columns + 1, corner + columns);
    }
  }
  return { positions: Float32Array.from(positions), triangles: Int32Array.from(triangles) };
}
