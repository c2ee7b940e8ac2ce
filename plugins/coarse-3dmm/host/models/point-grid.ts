/** Finds the nearest of many points, through a grid of cells. */
export class PointGrid {
  readonly #cells = new Map<number, number[]>();
  readonly #low: readonly number[];
  readonly #extents: readonly number[];
  readonly #reach: number;

  /** @param points [N*3], at least one */
  constructor(private readonly points: ArrayLike<number>, private readonly cell = 0.06) {
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (let at = 0; at < points.length; at++) {
      low[at % 3] = Math.min(low[at % 3]!, points[at]!);
      high[at % 3] = Math.max(high[at % 3]!, points[at]!);
    }
    this.#low = low;
    this.#extents = low.map((value, axis) => Math.floor((high[axis]! - value) / cell) + 1);
    this.#reach = Math.max(...this.#extents);
    for (let point = 0; point < points.length / 3; point++) {
      const key = this.#keyOf(...this.#cellOf(points[point * 3]!, points[point * 3 + 1]!, points[point * 3 + 2]!));
      const members = this.#cells.get(key);
      if (members) members.push(point);
      else this.#cells.set(key, [point]);
    }
  }

  /**
   * Number of the nearest point. Cells are searched in shells about the one that holds the query, or its projection onto the box: what
   * lies beyond shell s is at least s cells away.
   */
  nearest(x: number, y: number, z: number): number {
    const centre = this.#cellOf(x, y, z).map((value, axis) => Math.min(Math.max(value, 0), this.#extents[axis]! - 1));
    let best = -1;
    let least = Infinity;
    for (let shell = 0; shell <= this.#reach && (best < 0 || Math.sqrt(least) > (shell - 1) * this.cell); shell++) {
      this.#forShell(centre, shell, (point) => {
        const squared = (this.points[point * 3]! - x) ** 2 + (this.points[point * 3 + 1]! - y) ** 2 + (this.points[point * 3 + 2]! - z) ** 2;
        if (squared < least) [least, best] = [squared, point];
      });
    }
    return best;
  }

  #forShell(centre: readonly number[], shell: number, visit: (point: number) => void): void {
    const [cx, cy, cz] = centre as [number, number, number];
    for (let x = cx - shell; x <= cx + shell; x++) {
      for (let y = cy - shell; y <= cy + shell; y++) {
        const face = Math.abs(x - cx) === shell || Math.abs(y - cy) === shell;
        for (let z = cz - shell; z <= cz + shell; z += face || shell === 0 ? 1 : 2 * shell) this.#cells.get(this.#keyOf(x, y, z))?.forEach(visit);
      }
    }
  }

  #cellOf(x: number, y: number, z: number): [number, number, number] {
    return [x, y, z].map((value, axis) => Math.floor((value - this.#low[axis]!) / this.cell)) as [number, number, number];
  }

  #keyOf(x: number, y: number, z: number): number {
    const [w, h, d] = this.#extents as [number, number, number];
    return x < 0 || y < 0 || z < 0 || x >= w || y >= h || z >= d ? -1 : (x * h + y) * d + z;
  }
}
