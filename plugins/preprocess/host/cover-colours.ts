/** Density of colours that cover faces whatever surrounds them: some of any colour, and more of grey, white and black. */
const anything = 1 / 12;
const neutral = { share: 0.07, lightRange: 2.5, red: 0.06, blue: 0.07 } as const;

/** Of one pixel's colour in `features` [pixels, 3] from `colourFeatures`. */
export function densityOfCovers(features: Float32Array, pixel: number): number {
  const { share, lightRange, red, blue } = neutral;
  const distance = (features[3 * pixel + 1] / red) ** 2 + (features[3 * pixel + 2] / blue) ** 2;
  return anything + (share * Math.exp(-distance / 2)) / (2 * Math.PI * red * blue * lightRange);
}
