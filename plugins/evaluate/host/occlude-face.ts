/** Lays an occluder of a wanted area over a face. */
import { randomFor } from '../../../framework/index.js';
import { faceFrameOf, fillPolygon, type FaceFrame } from '../../preprocess/index.js';
import { occluderKinds, type Occluder, type OccluderKind } from './occluder-kinds.js';

export interface OccludeOptions {
  readonly kind: OccluderKind | 'any';
  /** Bounds of the covered share of the face's outline. */
  readonly minArea: number;
  readonly maxArea: number;
  readonly seed: number;
}

export interface OccludedFace {
  /** [size, size, 3]. */
  readonly image: Float32Array;
  /** [size, size]: how much of each pixel is covered. */
  readonly occluder: Float32Array;
  readonly kind: OccluderKind;
}

/**
 * A function of (seed, key): the kind, its looks and the wanted area are drawn, then the occluder grows until it covers that share
 * of the face's outline (or as much as its kind can). It is lit as brightly as the face. `image` is [size, size, 3], RGB in
 * 0 … 1; `landmarks` is [468, 2] in its pixels.
 */
export function occludeFace(image: Float32Array, landmarks: Float32Array, size: number, key: string, options: OccludeOptions): OccludedFace {
  const random = randomFor('evaluate/occlude', options.seed, key);
  const kinds = Object.keys(occluderKinds) as OccluderKind[];
  const drawn = kinds[random.integer(kinds.length)];
  const kind = options.kind === 'any' ? drawn : options.kind;
  const wanted = random.between(options.minArea, Math.max(options.minArea, options.maxArea));
  const frame = faceFrameOf(landmarks);
  const face = fillPolygon(frame.outline, size);
  const occluder = occluderKinds[kind](random.fork(kind), frame);
  const amount = amountFor(wanted, (tried) => shareCovered(occluder, frame, face, tried, size));
  const coverage = coverageOf(occluder, frame, amount, size);
  return { image: paint(image, face, coverage, occluder, frame, amount, size), occluder: coverage, kind };
}

/** The covered share grows with the amount: halving finds it to 1 %. */
function amountFor(wanted: number, share: (amount: number) => number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 7; step++) {
    const middle = (low + high) / 2;
    if (share(middle) < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function coverageOf(occluder: Occluder, frame: FaceFrame, amount: number, size: number): Float32Array {
  const coverage = new Float32Array(size * size);
  for (let pixel = 0; pixel < coverage.length; pixel++) {
    const point = frame.toFace([(pixel % size) + 0.5, Math.floor(pixel / size) + 0.5]);
    coverage[pixel] = Math.max(0, Math.min(1, 0.5 - occluder.distance(point, amount) * frame.size));
  }
  return coverage;
}

/** Share of the outline that is covered, from every second pixel of every second row. */
function shareCovered(occluder: Occluder, frame: FaceFrame, face: Float32Array, amount: number, size: number): number {
  let [covered, total] = [0, 1e-6];
  for (let row = 0; row < size; row += 2) {
    for (let column = 0; column < size; column += 2) {
      const share = face[row * size + column];
      if (share === 0) continue;
      total += share;
      if (occluder.distance(frame.toFace([column + 0.5, row + 0.5]), amount) < 0) covered += share;
    }
  }
  return covered / total;
}

function paint(
  image: Float32Array, face: Float32Array, coverage: Float32Array, occluder: Occluder, frame: FaceFrame, amount: number, size: number,
): Float32Array {
  const light = Math.max(0.4, Math.min(1.3, brightness(image, face) / 0.5));
  const painted = Float32Array.from(image);
  coverage.forEach((share, pixel) => {
    if (share === 0) return;
    const colour = occluder.colour(frame.toFace([(pixel % size) + 0.5, Math.floor(pixel / size) + 0.5]), amount);
    for (let channel = 0; channel < 3; channel++) {
      const lit = Math.max(0, Math.min(1, colour[channel] * light));
      painted[3 * pixel + channel] += share * (lit - painted[3 * pixel + channel]);
    }
  });
  return painted;
}

function brightness(image: Float32Array, face: Float32Array): number {
  let [sum, total] = [0, 1e-6];
  face.forEach((share, pixel) => {
    sum += share * (image[3 * pixel] + image[3 * pixel + 1] + image[3 * pixel + 2]);
    total += 3 * share;
  });
  return sum / total;
}
