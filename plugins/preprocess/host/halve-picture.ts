/** Pictures at half and at twice their size. */

/** Means of 2 × 2 pixels: [height / 2, width / 2, channels] of [height, width, channels], both even. */
export function halved(picture: Float32Array, width: number, channels: number): Float32Array {
  const row = width * channels;
  const result = new Float32Array(picture.length / 4);
  for (let start = 0, to = 0; to < result.length; start += row) {
    for (const end = start + row; start < end; start += 2 * channels) {
      for (let at = start; at < start + channels; at++) {
        result[to++] = (picture[at] + picture[at + channels] + picture[at + row] + picture[at + row + channels]) / 4;
      }
    }
  }
  return result;
}

/** Bilinear, with half-pixel centres: each new pixel takes 9, 3, 3 and 1 sixteenths of the four around it, [2 size, 2 size] of [size, size]. */
export function doubled(values: Float32Array, size: number): Float32Array {
  const result = new Float32Array(4 * size * size);
  const beside = Int32Array.from({ length: 2 * size }, (_, place) => neighbour(place, size));
  for (let y = 0, to = 0; y < 2 * size; y++) {
    const near = (y >> 1) * size;
    const far = beside[y]! * size;
    for (let x = 0; x < 2 * size; x++) {
      const column = x >> 1;
      const other = beside[x]!;
      result[to++] = (9 * values[near + column] + 3 * (values[near + other] + values[far + column]) + values[far + other]) / 16;
    }
  }
  return result;
}

/** The pixel on whose side a new pixel lies, held inside. */
function neighbour(place: number, size: number): number {
  return Math.max(0, Math.min(size - 1, (place >> 1) + (place % 2 === 0 ? -1 : 1)));
}
