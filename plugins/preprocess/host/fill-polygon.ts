import type { Point } from './affine.js';

/** Lines of a pixel row that are sampled; along a line the coverage is exact. */
const linesPerRow = 4;

/**
 * Share of each pixel that a polygon covers (even-odd rule), [size, size] in 0 … 1. Corners are in continuous pixels: the
 * square (0, 0) – (1, 1) covers exactly the first pixel.
 */
export function fillPolygon(corners: readonly Point[], size: number): Float32Array {
  const coverage = new Float32Array(size * size);
  const lineCount = size * linesPerRow;
  const counts = new Int32Array(lineCount);
  const crossings = crossingsOf(corners, lineCount, counts);
  for (let line = 0; line < lineCount; line++) {
    const count = counts[line];
    const first = line * corners.length;
    const start = Math.floor(line / linesPerRow) * size;
    if (count > 2) crossings.subarray(first, first + count).sort();
    for (let at = first; at + 1 < first + count; at += 2) {
      const [from, to] = [crossings[at], crossings[at + 1]];
      addSpan(coverage, start, size, Math.min(from, to), Math.max(from, to));
    }
  }
  return coverage;
}

/** Where the edges cross each line, [lineCount, corners] of which the first `counts` of a line are set, in no order. */
function crossingsOf(corners: readonly Point[], lineCount: number, counts: Int32Array): Float64Array {
  const crossings = new Float64Array(lineCount * corners.length);
  let [x0, y0] = corners[corners.length - 1]!;
  for (const [x1, y1] of corners) {
    const first = Math.max(0, Math.ceil(Math.min(y0, y1) * linesPerRow - 0.5));
    const end = Math.min(lineCount, Math.ceil(Math.max(y0, y1) * linesPerRow - 0.5));
    for (let line = first; line < end; line++) {
      const y = (line + 0.5) / linesPerRow;
      crossings[line * corners.length + counts[line]++] = x0 + ((y - y0) / (y1 - y0)) * (x1 - x0);
    }
    x0 = x1;
    y0 = y1;
  }
  return crossings;
}

/** Adds a line's share of the pixels from `from` to `to` of the row that begins at `start`. */
function addSpan(coverage: Float32Array, start: number, size: number, from: number, to: number): void {
  const first = Math.max(0, Math.floor(from));
  const last = Math.min(size - 1, Math.floor(to));
  for (let column = first; column <= last; column++) {
    const isWhole = column >= from && column + 1 <= to;
    coverage[start + column] += (isWhole ? 1 : Math.max(0, Math.min(column + 1, to) - Math.max(column, from))) / linesPerRow;
  }
}
