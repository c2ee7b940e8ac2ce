/** What of a posed mesh the camera sees. */
import { rasterizeHost } from '../../rasterizer/index.js';

/** Behind the first surface by less than this, dm, a point still counts as seen: the surface falls away within a pixel. */
const slack = 0.03;
/** Beside something nearer by more than this, dm, a point is not trusted: the border between the two is never where the fit has it. */
const step = 0.1;
/** Width of that border, as a share of the picture's side. */
const border = 0.018;

export interface DepthTest {
  /** 1 where nothing lies before the point nor close beside its way, else 0. Column and row in [0, 1] of the picture; z_c in dm. */
  (column: number, row: number, depth: number): number;
}

/**
 * @param vertices V points, posed, dm
 * @param size side of the z-buffer, px
 */
export function depthTest(vertices: Float32Array, triangles: Int32Array, size: number): DepthTest {
  const depth = Float32Array.from(rasterizeHost(vertices, triangles, size).depth, (value) => (value > 0 ? value : Infinity));
  const nearest = leastAround(depth, size, Math.max(1, Math.round(border * size)));
  return (column, row, distance) => {
    const [x, y] = [Math.floor(column * size), Math.floor(row * size)];
    if (x < 0 || y < 0 || x >= size || y >= size) return 0;
    const pixel = y * size + x;
    return distance <= depth[pixel]! + slack && distance <= nearest[pixel]! + step ? 1 : 0;
  };
}

/** The least value within `radius` rows and columns. */
function leastAround(values: Float32Array, size: number, radius: number): Float32Array {
  const along = (from: Float32Array, stride: number, line: number): Float32Array => {
    const result = new Float32Array(from.length);
    for (let start = 0; start < size; start++) {
      for (let place = 0; place < size; place++) {
        let least = Infinity;
        for (let other = Math.max(0, place - radius); other <= Math.min(size - 1, place + radius); other++) {
          least = Math.min(least, from[start * line + other * stride]!);
        }
        result[start * line + place * stride] = least;
      }
    }
    return result;
  };
  return along(along(values, 1, size), size, 1);
}
