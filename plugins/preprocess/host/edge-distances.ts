import type { Point } from './affine.js';

/** Side of the blocks of pixels that share a choice of edges. */
const block = 8;

/**
 * Distance of every pixel's centre from a closed outline, [size, size] in pixels. Only those edges are looked at in a block of pixels that
 * can be the nearest to one of them: with r from the block's centre to its corner, an edge that is more than 2r further from
 * the centre than the nearest one is the nearest nowhere in the block. The result is exact.
 */
export function edgeDistances(outline: readonly Point[], size: number): Float64Array {
  const edges = edgesOf(outline);
  const all = Int32Array.from({ length: outline.length }, (_, edge) => edge);
  const distances = new Float64Array(size * size);
  for (let top = 0; top < size; top += block) {
    for (let left = 0; left < size; left += block) {
      const near = nearEdges(edges, all, left + block / 2, top + block / 2);
      for (let y = top; y < Math.min(top + block, size); y++) {
        for (let x = left; x < Math.min(left + block, size); x++) {
          let least = Infinity;
          for (let index = 0; index < near.length; index++) least = Math.min(least, squaredDistance(edges, 5 * near[index], x + 0.5, y + 0.5));
          distances[y * size + x] = Math.sqrt(least);
        }
      }
    }
  }
  return distances;
}

/** The edges that are nearest to some place of the block around (x, y). */
function nearEdges(edges: Float64Array, all: Int32Array, x: number, y: number): Int32Array {
  const away = Float64Array.from(all, (edge) => Math.sqrt(squaredDistance(edges, 5 * edge, x, y)));
  const limit = away.reduce((least, distance) => Math.min(least, distance)) + Math.SQRT2 * block;
  return all.filter((edge) => away[edge] <= limit);
}

/** [edges, 5]: where each edge begins, its two extents, and the square of its length (1 for an edge without length). */
function edgesOf(outline: readonly Point[]): Float64Array {
  return Float64Array.from(outline.flatMap(([x, y], index) => {
    const [lastX, lastY] = outline[(index + outline.length - 1) % outline.length]!;
    const [dx, dy] = [x - lastX, y - lastY];
    return [lastX, lastY, dx, dy, dx * dx + dy * dy || 1];
  }));
}

function squaredDistance(edges: Float64Array, at: number, x: number, y: number): number {
  const fromX = x - edges[at];
  const fromY = y - edges[at + 1];
  const dx = edges[at + 2];
  const dy = edges[at + 3];
  const along = Math.max(0, Math.min(1, (fromX * dx + fromY * dy) / edges[at + 4]));
  const awayX = along * dx - fromX;
  const awayY = along * dy - fromY;
  return awayX * awayX + awayY * awayY;
}
