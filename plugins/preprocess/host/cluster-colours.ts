/** k-means of colour features, in units that make their noise alike. */

/** What counts as the same step in log luma, log(R / G) and log(G / B). */
const unit = [0.55, 0.09, 0.09] as const;

export interface ColourCluster {
  readonly mean: readonly [number, number, number];
  /** Share of all weight. */
  readonly share: number;
}

/**
 * At most `count` clusters of the pixels of `features` [N, 3] with weights [N]. Starts are spread by farthest-first choice from
 * the weighted mean, so that nothing is random. Empty clusters are left out; without weight there are none.
 */
export function clusterColours(features: Float32Array, weights: Float32Array, count: number): ColourCluster[] {
  const pixels = indicesOf(weights);
  if (pixels.length === 0) return [];
  let centres = spreadStarts(features, pixels, count);
  let clusters: ColourCluster[] = [];
  for (let round = 0; round < 12; round++) {
    clusters = assign(features, weights, pixels, centres);
    centres = clusters.map(({ mean }) => [...mean]);
  }
  return clusters;
}

function indicesOf(weights: Float32Array): Int32Array {
  const pixels: number[] = [];
  weights.forEach((weight, pixel) => weight > 0 && pixels.push(pixel));
  return Int32Array.from(pixels);
}

function squaredDistance(features: Float32Array, pixel: number, centre: readonly number[]): number {
  const light = (features[3 * pixel] - centre[0]) / unit[0];
  const red = (features[3 * pixel + 1] - centre[1]) / unit[1];
  const blue = (features[3 * pixel + 2] - centre[2]) / unit[2];
  return light * light + red * red + blue * blue;
}

function spreadStarts(features: Float32Array, pixels: Int32Array, count: number): number[][] {
  const mean = [0, 1, 2].map((axis) => pixels.reduce((sum, pixel) => sum + features[3 * pixel + axis], 0) / pixels.length);
  const starts = [mean];
  const gaps = new Float32Array(pixels.length);
  pixels.forEach((pixel, index) => (gaps[index] = squaredDistance(features, pixel, mean)));
  while (starts.length < count) {
    // The farthest pixel is often a stray one; a high quantile is not.
    const limit = Float32Array.from(gaps).sort()[Math.floor(0.97 * (gaps.length - 1))];
    const pixel = pixels[gaps.findIndex((distance) => distance >= limit)];
    const start = [0, 1, 2].map((axis) => features[3 * pixel + axis]);
    starts.push(start);
    pixels.forEach((other, index) => {
      gaps[index] = Math.min(gaps[index], squaredDistance(features, other, start));
    });
  }
  return starts;
}

function assign(features: Float32Array, weights: Float32Array, pixels: Int32Array, centres: readonly (readonly number[])[]): ColourCluster[] {
  const sums = centres.map(() => [0, 0, 0, 0]);
  let total = 0;
  for (let index = 0; index < pixels.length; index++) {
    const pixel = pixels[index];
    const best = nearest(features, pixel, centres);
    const weight = weights[pixel];
    const sum = sums[best];
    sum[0] += weight * features[3 * pixel];
    sum[1] += weight * features[3 * pixel + 1];
    sum[2] += weight * features[3 * pixel + 2];
    sum[3] += weight;
    total += weight;
  }
  return sums
    .filter((sum) => sum[3] > 0)
    .map((sum): ColourCluster => ({ mean: [sum[0] / sum[3], sum[1] / sum[3], sum[2] / sum[3]], share: sum[3] / total }));
}

/** Index of the cluster whose mean is nearest to a pixel's colour. */
export function nearestCluster(features: Float32Array, pixel: number, clusters: readonly ColourCluster[]): number {
  return nearest(features, pixel, clusters.map(({ mean }) => mean));
}

function nearest(features: Float32Array, pixel: number, centres: readonly (readonly number[])[]): number {
  let best = 0;
  let least = Infinity;
  for (let centre = 0; centre < centres.length; centre++) {
    const distance = squaredDistance(features, pixel, centres[centre]);
    if (distance >= least) continue;
    least = distance;
    best = centre;
  }
  return best;
}
