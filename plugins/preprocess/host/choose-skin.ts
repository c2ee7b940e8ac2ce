/** Which of a face's colours is its skin. */
import { clusterColours, nearestCluster, type ColourCluster } from './cluster-colours.js';

/**
 * Hue of skin before anything is known of the photo, as log(R / G) and log(G / B): medians of 64 faces of many skin colours and
 * lights were 0.30 ± 0.11 and 0.20 ± 0.18; widened.
 */
const hueBefore = { mean: [0.3, 0.2], deviation: [0.16, 0.25] } as const;

/** Borders of forehead, middle and lower face, in face positions (y of −1 … 1). */
const zoneBorders = [-0.4, 0.15] as const;

/**
 * The colour cluster that most looks like skin: it fills more than one of forehead, middle and lower face (a fringe, sunglasses or
 * a face mask fill one), its hue is as of skin, it is about as red as any (cloth and lenses are less red than the skin beside them) and
 * not much darker (as hair and lenses are). `features` [pixels, 3], `positions` [pixels, 2], `weights` [pixels]; undefined when no pixel has weight.
 */
export function chooseSkin(features: Float32Array, positions: Float32Array, weights: Float32Array): ColourCluster | undefined {
  const clusters = clusterColours(features, weights, 5);
  const zones = zoneShares(features, positions, weights, clusters);
  const common = clusters.filter(({ share }) => share > 0.025);
  const reddest = Math.max(...common.map(({ mean }) => mean[1]));
  const brightest = Math.max(...common.map(({ mean }) => mean[0]));
  const score = ({ mean }: ColourCluster, index: number): number => {
    const strange = ((mean[1] - hueBefore.mean[0]) / hueBefore.deviation[0]) ** 2 + ((mean[2] - hueBefore.mean[1]) / hueBefore.deviation[1]) ** 2;
    const spread = zones[index].reduce((sum, share) => sum + Math.log(0.08 + share), 0);
    return spread - strange / 2 - Math.max(0, reddest - mean[1]) / 0.12 - Math.max(0, brightest - mean[0] - 0.5) / 0.5;
  };
  const scores = clusters.map(score);
  return clusters[scores.indexOf(Math.max(...scores))];
}

/** For each cluster, the share of each zone's weight that belongs to it. */
function zoneShares(features: Float32Array, positions: Float32Array, weights: Float32Array, clusters: readonly ColourCluster[]): number[][] {
  const shares = clusters.map(() => [0, 0, 0]);
  const totals = [1e-9, 1e-9, 1e-9];
  const clusterOf = nearestCluster(clusters);
  for (let pixel = 0; pixel < weights.length; pixel++) {
    if (weights[pixel] === 0) continue;
    const y = positions[2 * pixel + 1];
    const zone = y < zoneBorders[0] ? 0 : y < zoneBorders[1] ? 1 : 2;
    shares[clusterOf(features, pixel)][zone] += weights[pixel];
    totals[zone] += weights[pixel];
  }
  return shares.map((row) => row.map((share, zone) => share / totals[zone]));
}
