import type { Point } from './affine.js';

/** Lines of a pixel row that are sampled; along a line the coverage is exact. */
const linesPerRow = 4;

/**
 * Share of each pixel that a polygon covers (even-odd rule), [size, size] in 0 … 1. Corners are in continuous pixels: the
 * square (0, 0) – (1, 1) covers exactly the first pixel.
 */
export function fillPolygon(corners: readonly Point[], size: number): Float32Array {
  const coverage = new Float32Array(size * size);
  const heights = corners.map(([, y]) => y);
  const firstLine = Math.max(0, Math.floor(Math.min(...heights) * linesPerRow) - 1);
  const lastLine = Math.min(size * linesPerRow - 1, Math.ceil(Math.max(...heights) * linesPerRow) + 1);
  for (let line = firstLine; line <= lastLine; line++) {
    const y = (line + 0.5) / linesPerRow;
    const crossings = crossingsAt(corners, y);
    const row = coverage.subarray(Math.floor(y) * size, Math.floor(y) * size + size);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) addSpan(row, crossings[pair], crossings[pair + 1]);
  }
  return coverage;
}

function crossingsAt(corners: readonly Point[], y: number): number[] {
  const crossings: number[] = [];
  let [x0, y0] = corners[corners.length - 1]!;
  for (const [x1, y1] of corners) {
    if (y0 <= y !== y1 <= y) crossings.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0));
    x0 = x1;
    y0 = y1;
  }
  return crossings.length === 2 && crossings[0] <= crossings[1] ? crossings : crossings.sort((first, second) => first - second);
}

function addSpan(row: Float32Array, from: number, to: number): void {
  const first = Math.max(0, Math.floor(from));
  const last = Math.min(row.length - 1, Math.floor(to));
  for (let column = first; column <= last; column++) {
    row[column] += Math.max(0, Math.min(column + 1, to) - Math.max(column, from)) / linesPerRow;
  }
}
