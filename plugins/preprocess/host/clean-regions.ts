/** Specks and holes of a mask. */

/** Regions smaller than this share of the largest are specks; holes smaller than it are closed. */
const speck = 0.06;
const hole = 0.02;

/**
 * Sets the probability of small separate regions (q > 0.5) to 0 and that of small holes to 1; all else stays. [size²] → [size²].
 */
export function cleanRegions(probabilities: Float32Array, size: number): Float32Array {
  const cleaned = Float32Array.from(probabilities);
  const skin = regionsOf(cleaned, size, (value) => value > 0.5);
  const largest = Math.max(0, ...skin.map((region) => region.length));
  for (const region of skin) if (region.length < speck * largest) region.forEach((pixel) => (cleaned[pixel] = 0));
  for (const region of regionsOf(cleaned, size, (value) => value <= 0.5)) {
    if (region.length < hole * largest) region.forEach((pixel) => (cleaned[pixel] = 1));
  }
  return cleaned;
}

/** Sets of pixels that touch by an edge. */
function regionsOf(values: Float32Array, size: number, belongs: (value: number) => boolean): number[][] {
  const seen = new Uint8Array(values.length);
  const regions: number[][] = [];
  for (let start = 0; start < values.length; start++) {
    if (seen[start] || !belongs(values[start])) continue;
    const region = [start];
    seen[start] = 1;
    for (let next = 0; next < region.length; next++) {
      const pixel = region[next];
      const column = pixel % size;
      for (const neighbour of [column > 0 ? pixel - 1 : -1, column < size - 1 ? pixel + 1 : -1, pixel - size, pixel + size]) {
        if (neighbour < 0 || neighbour >= values.length || seen[neighbour] || !belongs(values[neighbour])) continue;
        seen[neighbour] = 1;
        region.push(neighbour);
      }
    }
    regions.push(region);
  }
  return regions;
}
