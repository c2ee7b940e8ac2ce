/** A mesh of 18 × 15 vertices for tests, as a face model holds it. */
export const hills = grid(18, 15, (x, y) => 0.3 * Math.sin(6 * x) * Math.cos(5 * y));

/** A grid of columns × rows vertices over the unit square, with heights. */
export function grid(
  columns: number, rows: number, height: (x: number, y: number) => number,
): { readonly meanShape: Float32Array; readonly triangles: Int32Array } {
  const [positions, triangles]: [number[], number[]] = [[], []];
  for (let vertex = 0; vertex < columns * rows; vertex++) {
    const [x, y] = [(vertex % columns) / (columns - 1), Math.floor(vertex / columns) / (rows - 1)];
    positions.push(x, y, height(x, y));
    if (vertex % columns === columns - 1 || vertex >= columns * (rows - 1)) continue;
    triangles.push(vertex, vertex + 1, vertex + columns, vertex + 1, vertex + columns + 1, vertex + columns);
  }
  return { meanShape: Float32Array.from(positions), triangles: Int32Array.from(triangles) };
}
