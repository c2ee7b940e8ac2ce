/** k-means of colour features, in units that make their noise alike. */

/** What counts as the same step in log luma, log(R / G) and log(G / B). */
const unit = [0.55, 0.09, 0.09] as const;
const mostRounds = 12;

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
  const points = pointsOf(features, weights);
  if (points.weights.length === 0) return [];
  let centres = spreadStarts(points, count);
  for (let round = 0; ; round++) {
    const { means, shares } = assign(points, centres);
    const rests = means.length === centres.length && means.every((value, at) => value === centres[at]);
    centres = means;
    if (rests || round === mostRounds - 1) return shares.map((share, cluster) => ({ mean: inColours(means, cluster), share }));
  }
}

/** Index of the cluster whose mean is nearest to a pixel's colour, as a function of `features` [N, 3] and the pixel. */
export function nearestCluster(clusters: readonly ColourCluster[]): (features: Float32Array, pixel: number) => number {
  const centres = Float64Array.from(clusters.flatMap(({ mean }) => mean.map((value, axis) => value / unit[axis])));
  return (features, pixel) => nearest(centres, features[3 * pixel] / unit[0], features[3 * pixel + 1] / unit[1], features[3 * pixel + 2] / unit[2]);
}

/** The pixels that count, one after another. */
interface Points {
  /** [points, 3], in units of `unit`. */
  readonly places: Float64Array;
  readonly weights: Float32Array;
}

function pointsOf(features: Float32Array, weights: Float32Array): Points {
  const pixels = weightedPixels(weights);
  const places = new Float64Array(3 * pixels.length);
  const kept = new Float32Array(pixels.length);
  for (let point = 0, at = 0; point < pixels.length; point++, at += 3) {
    const pixel = pixels[point];
    kept[point] = weights[pixel];
    places[at] = features[3 * pixel] / unit[0];
    places[at + 1] = features[3 * pixel + 1] / unit[1];
    places[at + 2] = features[3 * pixel + 2] / unit[2];
  }
  return { places, weights: kept };
}

/** Indices of the pixels whose weight is not zero. */
export function weightedPixels(weights: Float32Array): Int32Array {
  const pixels = new Int32Array(weights.length);
  let count = 0;
  for (let pixel = 0; pixel < weights.length; pixel++) if (weights[pixel] > 0) pixels[count++] = pixel;
  return pixels.subarray(0, count);
}

function inColours(centres: Float64Array, cluster: number): [number, number, number] {
  return [centres[3 * cluster] * unit[0], centres[3 * cluster + 1] * unit[1], centres[3 * cluster + 2] * unit[2]];
}

/** [count, 3]: the mean, and points that lie far from all before them. */
function spreadStarts({ places }: Points, count: number): Float64Array {
  const length = places.length / 3;
  const starts = new Float64Array(3 * count);
  for (let at = 0; at < places.length; at += 3) {
    starts[0] += places[at];
    starts[1] += places[at + 1];
    starts[2] += places[at + 2];
  }
  for (let axis = 0; axis < 3; axis++) starts[axis] /= length;
  const gaps = new Float32Array(length).fill(Infinity);
  for (let known = 1; known < count; known++) {
    const last = 3 * (known - 1);
    for (let point = 0; point < length; point++) {
      gaps[point] = Math.min(gaps[point], squaredDistance(starts, last, places[3 * point], places[3 * point + 1], places[3 * point + 2]));
    }
    // The farthest point is often a stray one; a high quantile is not.
    const limit = Float32Array.from(gaps).sort()[Math.floor(0.97 * (length - 1))];
    const point = gaps.findIndex((distance) => distance >= limit);
    starts.set(places.subarray(3 * point, 3 * point + 3), 3 * known);
  }
  return starts;
}

/** Means of the points that are nearest to each centre, and their shares of all weight; a centre without points is left out. */
function assign({ places, weights }: Points, centres: Float64Array): { means: Float64Array; shares: number[] } {
  const sums = new Float64Array(centres.length);
  const masses = new Float64Array(centres.length / 3);
  for (let point = 0, at = 0; point < weights.length; point++, at += 3) {
    const best = nearest(centres, places[at], places[at + 1], places[at + 2]);
    const weight = weights[point];
    sums[3 * best] += weight * places[at];
    sums[3 * best + 1] += weight * places[at + 1];
    sums[3 * best + 2] += weight * places[at + 2];
    masses[best] += weight;
  }
  const total = masses.reduce((sum, mass) => sum + mass);
  const kept = [...masses.keys()].filter((cluster) => masses[cluster] > 0);
  return {
    means: Float64Array.from(kept.flatMap((cluster) => [0, 1, 2].map((axis) => sums[3 * cluster + axis] / masses[cluster]))),
    shares: kept.map((cluster) => masses[cluster] / total),
  };
}

function nearest(centres: Float64Array, x: number, y: number, z: number): number {
  let best = 0;
  let least = Infinity;
  for (let at = 0; at < centres.length; at += 3) {
    const distance = squaredDistance(centres, at, x, y, z);
    if (distance >= least) continue;
    least = distance;
    best = at / 3;
  }
  return best;
}

function squaredDistance(centres: Float64Array, at: number, x: number, y: number, z: number): number {
  return (x - centres[at]) ** 2 + (y - centres[at + 1]) ** 2 + (z - centres[at + 2]) ** 2;
}
