/** Specks and holes of a mask. */

/** Regions smaller than this share of the largest are specks; holes smaller than it are closed. */
const speck = 0.06;
const hole = 0.02;

/**
 * Sets the probability of small separate regions (q > 0.5) to 0 and that of small holes to 1; all else stays. [size²] → [size²].
 */
export function cleanRegions(probabilities: Float32Array, size: number): Float32Array {
  const cleaned = Float32Array.from(probabilities);
  const skin = regionsOf(cleaned, size, true);
  const largest = skin.areas.reduce((most, area) => Math.max(most, area), 0);
  fillSmall(cleaned, skin, speck * largest, 0);
  fillSmall(cleaned, regionsOf(cleaned, size, false), hole * largest, 1);
  return cleaned;
}

/** Pixels that touch by an edge, as runs of neighbours in a row. */
interface Regions {
  /** First pixel of each run and the one behind its last. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** For each run the number of one run of its region, and of that one the pixels of the region; others have none. */
  readonly regions: readonly number[];
  readonly areas: readonly number[];
}

function fillSmall(values: Float32Array, { starts, ends, regions, areas }: Regions, least: number, value: number): void {
  for (let run = 0; run < starts.length; run++) if (areas[regions[run]!]! < least) values.fill(value, starts[run], ends[run]);
}

/** Regions of skin (q > 0.5) or of everything else. */
function regionsOf(values: Float32Array, size: number, isSkin: boolean): Regions {
  const [starts, ends, parents]: [number[], number[], number[]] = [[], [], []];
  for (let row = 0, above = 0; row < values.length; row += size) {
    const here = starts.length;
    for (let pixel = row, end = row + size; pixel < end; pixel++) {
      if (values[pixel] > 0.5 !== isSkin) continue;
      const start = pixel;
      while (pixel < end && values[pixel] > 0.5 === isSkin) pixel++;
      const run = starts.push(start) - 1;
      ends.push(pixel);
      parents.push(run);
    }
    joinRows(starts, ends, parents, above, here, size);
    above = here;
  }
  const regions = parents.map((_, run) => rootOf(parents, run));
  const areas = parents.map(() => 0);
  regions.forEach((region, run) => (areas[region]! += ends[run]! - starts[run]!));
  return { starts, ends, regions, areas };
}

/** Joins the runs of a row, from `here` on, with those of the row above, from `above` on, that they touch. */
function joinRows(starts: readonly number[], ends: readonly number[], parents: number[], above: number, here: number, size: number): void {
  for (let upper = above, lower = here; upper < here && lower < starts.length;) {
    const [upperEnd, lowerEnd] = [ends[upper]! + size, ends[lower]!];
    if (starts[upper]! + size < lowerEnd && starts[lower]! < upperEnd) parents[rootOf(parents, lower)] = rootOf(parents, upper);
    if (upperEnd < lowerEnd) upper++;
    else lower++;
  }
}

function rootOf(parents: readonly number[], run: number): number {
  while (parents[run] !== run) run = parents[run]!;
  return run;
}
