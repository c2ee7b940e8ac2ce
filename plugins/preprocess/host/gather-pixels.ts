/** The values [pixels, count] of some pixels, of values [all, count]. */
export function gatherPixels(values: Float32Array, count: number, pixels: Int32Array): Float32Array {
  const some = new Float32Array(count * pixels.length);
  for (let index = 0, to = 0; index < pixels.length; index++) {
    for (let from = count * pixels[index], end = from + count; from < end; from++) some[to++] = values[from];
  }
  return some;
}
