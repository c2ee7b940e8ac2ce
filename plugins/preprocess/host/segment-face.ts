/** Mask M: the visible skin of one face. */
import type { Point } from './affine.js';
import { clusterColours, type ColourCluster } from './cluster-colours.js';
import { colourFeatures } from './colour-features.js';
import { fillPolygon } from './fill-polygon.js';
import { cleanRegions } from './clean-regions.js';
import { edgeDistances } from './edge-distances.js';
import { densityOfCovers } from './cover-colours.js';
import { faceParts, largestOf, partCoverage, type FacePart } from './face-parts.js';
import { faceOval } from './mesh-topology.js';
import { fitSkinModel } from './skin-model.js';
import { never, smoothLabels } from './smooth-labels.js';

/**
 * Probability that a pixel shows skin of the face, [size, size] in 0 … 1, zero outside the contour of the landmarks.
 *
 * Inside the contour each pixel is judged by colour: a Gaussian around smooth fields of lightness and hue, fitted robustly to this
 * face (`skin-model.ts`), against the colours around the face and against anything else; then neighbours of like colour agree
 * (`smooth-labels.ts`), specks go and holes close. Eyes, brows and lips count when most of the ring around them is skin.
 * Classes as in CelebAMask-HQ: skin, nose, eyes, brows and lips are face; hair, glasses, hats, hands and cloth are not.
 *
 * `image` is [size, size, 3], RGB in 0 … 1; `landmarks` is [468, 2] in its pixels.
 */
export function segmentFace(image: Float32Array, landmarks: Float32Array, size: number): Float32Array {
  const outline = faceOval.map((index): Point => [landmarks[2 * index], landmarks[2 * index + 1]]);
  const inside = outlineCoverage(landmarks, size);
  const geometry = depthInside(outline, inside, size);
  const colours = colourFeatures(image);
  const parts = faceParts.map((part) => partOf(landmarks, part, size));
  const anyCore = largestOf(parts.map(({ core }) => core));
  const seeds = inside.map((share, pixel) => {
    return isPhoto(image, pixel) && share > 0.99 && anyCore[pixel] === 0 ? 0.2 + Math.min(1, 6 * Math.max(0, geometry.depth[pixel])) : 0;
  });
  const model = fitSkinModel(colours, geometry.positions, seeds);
  if (!model) return new Float32Array(size * size);
  const around = surroundings(colours, image, geometry.depth, model.distances);
  const logOdds = model.distances.map((distance, pixel) => {
    if (inside[pixel] === 0) return never;
    if (anyCore[pixel] > 0.5) return 0;
    const likelihood = model.logPeak - distance / 2;
    const other = Math.log(densityOfCovers(colours, pixel) + 0.25 * densityOf(around, colours, pixel));
    const before = Math.max(-1, Math.min(1.2, -1 + 25 * geometry.depth[pixel]));
    return Math.max(-8, Math.min(8, likelihood - other + before));
  });
  const skin = smoothLabels(logOdds, colours, size);
  const judged = inside.map((share, pixel) => share * (1 - anyCore[pixel]));
  for (const part of parts) decidePart(skin, part, judged);
  return cleanRegions(skin, size).map((probability, pixel) => probability * inside[pixel]);
}

/** Outside of the photo a crop is black. */
export function isPhoto(image: Float32Array, pixel: number): boolean {
  return image[3 * pixel] + image[3 * pixel + 1] + image[3 * pixel + 2] > 0;
}

/** Share of each pixel inside the contour of the landmarks [468, 2], [size, size]. */
export function outlineCoverage(landmarks: Float32Array, size: number): Float32Array {
  return fillPolygon(faceOval.map((index): Point => [landmarks[2 * index], landmarks[2 * index + 1]]), size);
}

/** A mask [size, size] without what lies outside the contour of the landmarks. */
export function maskInside(mask: Float32Array, landmarks: Float32Array, size: number): Float32Array {
  const inside = outlineCoverage(landmarks, size);
  return mask.map((probability, pixel) => probability * inside[pixel]);
}

interface Part {
  /** The part itself, a little enlarged: [size, size] coverage. */
  readonly core: Float32Array;
  /** Skin around it. */
  readonly ring: Float32Array;
}

function partOf(landmarks: Float32Array, { points, inner, outer }: FacePart, size: number): Part {
  const core = partCoverage(landmarks, points, inner, size);
  return { core, ring: partCoverage(landmarks, points, outer, size).map((share, pixel) => Math.max(0, share - core[pixel])) };
}

/** Sets the part's pixels to face or to other by what most of the ring shows, where `judged` is 1: inside the contour, outside all parts. */
function decidePart(skin: Float32Array, { core, ring }: Part, judged: Float32Array): void {
  let [visible, total] = [0, 1e-6];
  ring.forEach((share, pixel) => {
    visible += share * judged[pixel] * skin[pixel];
    total += share * judged[pixel];
  });
  const isFace = visible / total > 0.5;
  core.forEach((share, pixel) => {
    if (share > 0) skin[pixel] = isFace ? Math.max(skin[pixel], share) : Math.min(skin[pixel], 1 - share);
  });
}

/** Depth below the contour in units of the face's size (negative outside), and positions of about −1 … 1. */
function depthInside(outline: readonly Point[], inside: Float32Array, size: number): { depth: Float32Array; positions: Float32Array } {
  const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const extent = Math.sqrt(Math.max(1, (right - left) * (bottom - top)));
  const distances = edgeDistances(outline, size);
  const depth = new Float32Array(size * size);
  const positions = new Float32Array(2 * size * size);
  for (let pixel = 0; pixel < depth.length; pixel++) {
    const distance = distances[pixel] / extent;
    depth[pixel] = inside[pixel] > 0.5 ? distance : -distance;
    positions[2 * pixel] = (2 * (pixel % size) + 1 - left - right) / extent;
    positions[2 * pixel + 1] = (2 * Math.floor(pixel / size) + 1 - top - bottom) / extent;
  }
  return { depth, positions };
}

/** Colours near the face but outside it that are not this skin: hair, above all. */
function surroundings(colours: Float32Array, image: Float32Array, depth: Float32Array, distances: Float32Array): ColourCluster[] {
  const weights = depth.map((value, pixel) => {
    return isPhoto(image, pixel) && value < -0.02 && value > -0.35 && distances[pixel] > 12 ? 1 : 0;
  });
  return clusterColours(colours, weights, 4);
}

/** Density of a mixture of the clusters, each as wide as the colours of one material in one light. */
function densityOf(clusters: readonly ColourCluster[], colours: Float32Array, pixel: number): number {
  let density = 0;
  for (const { mean, share } of clusters) {
    const distance = ((colours[3 * pixel] - mean[0]) / 0.3) ** 2 + ((colours[3 * pixel + 1] - mean[1]) / 0.07) ** 2 + ((colours[3 * pixel + 2] - mean[2]) / 0.08) ** 2;
    density += (share * Math.exp(-distance / 2)) / (0.3 * 0.07 * 0.08 * (2 * Math.PI) ** 1.5);
  }
  return density;
}
