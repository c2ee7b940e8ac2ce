/** How the segmentation sees colour: one number for lightness, two for hue that light hardly changes. */

/** Keeps the logarithms of dark pixels, whose hue is noise, near zero. In units of 0 … 1 colours. */
const offset = 0.04;

/** [pixels, 3]: log luma, log(R / G), log(G / B), each with an offset, of RGB in 0 … 1. */
export function colourFeatures(image: Float32Array): Float32Array {
  const features = new Float32Array(image.length);
  for (let at = 0; at < image.length; at += 3) {
    const [red, green, blue] = [image[at] + offset, image[at + 1] + offset, image[at + 2] + offset];
    features[at] = Math.log(0.299 * red + 0.587 * green + 0.114 * blue);
    features[at + 1] = Math.log(red / green);
    features[at + 2] = Math.log(green / blue);
  }
  return features;
}
