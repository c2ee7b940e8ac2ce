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
function regionsOf(values: Float32Array, size: number, belongs: (value: number) => boolean): Int32Array[] {
  const open = new Uint8Array(values.length);
  for (let pixel = 0; pixel < values.length; pixel++) open[pixel] = belongs(values[pixel]) ? 1 : 0;
  const queue = new Int32Array(values.length);
  const regions: Int32Array[] = [];
  let end = 0;
  const add = (pixel: number): void => {
    open[pixel] = 0;
    queue[end++] = pixel;
  };
  for (let first = 0; first < values.length; first++) {
    if (open[first] === 0) continue;
    const start = end;
    add(first);
    for (let next = start; next < end; next++) {
      const pixel = queue[next];
      const column = pixel % size;
      if (column > 0 && open[pixel - 1] === 1) add(pixel - 1);
      if (column < size - 1 && open[pixel + 1] === 1) add(pixel + 1);
      if (open[pixel - size] === 1) add(pixel - size);
      if (open[pixel + size] === 1) add(pixel + size);
    }
    regions.push(queue.subarray(start, end));
  }
  return regions;
}
