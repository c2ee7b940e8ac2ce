/** Nearest places on a triangle mesh. */
import { PointGrid } from './point-grid.js';

export interface SurfacePlace {
  readonly vertices: readonly [number, number, number];
  readonly weights: readonly [number, number, number];
  readonly distance: number;
}

/** Looks among the triangles about the nearest vertex: exact where triangles are small beside the distance to be judged. */
export class Surface {
  readonly #grid: PointGrid;
  readonly #trianglesAt: number[][];

  constructor(private readonly positions: ArrayLike<number>, private readonly triangles: Int32Array) {
    this.#trianglesAt = Array.from({ length: positions.length / 3 }, () => []);
    triangles.forEach((vertex, at) => this.#trianglesAt[vertex]!.push(Math.floor(at / 3)));
    this.#grid = new PointGrid(positions);
  }

  nearest(point: readonly [number, number, number]): SurfacePlace {
    const vertex = this.#grid.nearest(...point);
    let best: SurfacePlace = { vertices: [vertex, vertex, vertex], weights: [1, 0, 0], distance: this.#distance(point, [vertex, vertex, vertex], [1, 0, 0]) };
    for (const triangle of this.#trianglesAt[vertex]!) {
      const corners = [...this.triangles.subarray(triangle * 3, triangle * 3 + 3)] as unknown as [number, number, number];
      const weights = closestWeights(point, corners.map((corner) => [0, 1, 2].map((axis) => this.positions[corner * 3 + axis]!)));
      const distance = this.#distance(point, corners, weights);
      if (distance < best.distance) best = { vertices: corners, weights, distance };
    }
    return best;
  }

  #distance(point: readonly number[], vertices: readonly number[], weights: readonly number[]): number {
    return Math.hypot(...point.map((value, axis) => value - vertices.reduce((sum, vertex, k) => sum + weights[k]! * this.positions[vertex * 3 + axis]!, 0)));
  }
}

/** Weights of the point of a triangle that is closest (Ericson, "Real-Time Collision Detection", 2005, section 5.1.5). */
export function closestWeights(point: readonly number[], corners: readonly (readonly number[])[]): [number, number, number] {
  const [a, b, c] = corners as [number[], number[], number[]];
  const minus = (x: readonly number[], y: readonly number[]): number[] => x.map((value, axis) => value - y[axis]!);
  const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, value, axis) => sum + value * y[axis]!, 0);
  const [ab, ac] = [minus(b, a), minus(c, a)];
  const [d1, d2] = [dot(ab, minus(point, a)), dot(ac, minus(point, a))];
  if (d1 <= 0 && d2 <= 0) return [1, 0, 0];
  const [d3, d4] = [dot(ab, minus(point, b)), dot(ac, minus(point, b))];
  if (d3 >= 0 && d4 <= d3) return [0, 1, 0];
  const vc = d1 * d4 - d3 * d2;
  if (vc <= 0 && d1 >= 0 && d3 <= 0) return [1 - d1 / (d1 - d3), d1 / (d1 - d3), 0];
  const [d5, d6] = [dot(ab, minus(point, c)), dot(ac, minus(point, c))];
  if (d6 >= 0 && d5 <= d6) return [0, 0, 1];
  const vb = d5 * d2 - d1 * d6;
  if (vb <= 0 && d2 >= 0 && d6 <= 0) return [1 - d2 / (d2 - d6), 0, d2 / (d2 - d6)];
  const va = d3 * d6 - d5 * d4;
  if (va <= 0 && d4 >= d3 && d5 >= d6) {
    const share = (d4 - d3) / (d4 - d3 + d5 - d6);
    return [0, 1 - share, share];
  }
  const sum = va + vb + vc;
  return sum > 0 ? [va / sum, vb / sum, vc / sum] : [1, 0, 0];
}
