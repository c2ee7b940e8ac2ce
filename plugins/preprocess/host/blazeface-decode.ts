/** What the numbers of the detector mean: anchors, boxes, key points, and the choice among overlapping answers. */
import type { Point } from './affine.js';

/** Side of the detector's input picture, in pixels. */
export const detectorSize = 256;

/** Order of the detector's key points; left and right as seen on the picture. */
export const keyPoint = { leftEye: 0, rightEye: 1, nose: 2, mouth: 3, leftEar: 4, rightEar: 5 } as const;

export interface Detection {
  /** Probability of a face. */
  readonly score: number;
  readonly centre: Point;
  readonly width: number;
  readonly height: number;
  /** Six points in the order of `keyPoint`. */
  readonly keyPoints: readonly Point[];
}

/**
 * Centres of the anchors, [896, 2] in input pixels: two at each cell of a 16 × 16 grid, then six at each cell of an
 * 8 × 8 grid. Source: MediaPipe's `face_detection_full_range` of 2019 ("back camera", 256 px), as in `@vladmandic/human`.
 */
export const anchors: Float32Array = makeAnchors();

function makeAnchors(): Float32Array {
  const centres: number[] = [];
  for (const [stride, repeats] of [[16, 2], [32, 6]] as const) {
    for (let y = stride / 2; y < detectorSize; y += stride) {
      for (let x = stride / 2; x < detectorSize; x += stride) {
        for (let repeat = 0; repeat < repeats; repeat++) centres.push(x, y);
      }
    }
  }
  return Float32Array.from(centres);
}

/**
 * Detections in input pixels, best first, overlapping ones merged.
 *
 * `logits` is [896]; `boxes` is [896, 16]: centre offset from the anchor, width, height, then six point offsets.
 */
export function decodeDetections(logits: Float32Array, boxes: Float32Array, threshold: number): Detection[] {
  const found: Detection[] = [];
  for (let index = 0; index < logits.length; index++) {
    const score = 1 / (1 + Math.exp(-logits[index]));
    if (score < threshold) continue;
    const [anchorX, anchorY] = [anchors[2 * index], anchors[2 * index + 1]];
    const row = boxes.subarray(16 * index, 16 * index + 16);
    found.push({
      score,
      centre: [anchorX + row[0], anchorY + row[1]],
      width: row[2],
      height: row[3],
      keyPoints: Array.from({ length: 6 }, (_, point): Point => [anchorX + row[4 + 2 * point], anchorY + row[5 + 2 * point]]),
    });
  }
  return mergeOverlapping(found);
}

/**
 * Keeps the best of each group of detections that overlap, with box and points replaced by the group's average weighted by
 * score ("blending", BlazeFace, Bazarevsky et al. 2019, section 3.4): steadier than keeping the best alone.
 */
export function mergeOverlapping(detections: readonly Detection[], overlap = 0.3): Detection[] {
  let rest = [...detections].sort((first, second) => second.score - first.score);
  const kept: Detection[] = [];
  while (rest.length > 0) {
    const best = rest[0];
    const group = rest.filter((other) => intersectionOverUnion(best, other) > overlap);
    rest = rest.filter((other) => !group.includes(other) && other !== best);
    kept.push(average(group.length > 0 ? group : [best]));
  }
  return kept;
}

function average(group: readonly Detection[]): Detection {
  const total = group.reduce((sum, detection) => sum + detection.score, 0);
  const mean = (read: (detection: Detection) => number): number =>
    group.reduce((sum, detection) => sum + read(detection) * detection.score, 0) / total;
  return {
    score: group[0].score,
    centre: [mean((detection) => detection.centre[0]), mean((detection) => detection.centre[1])],
    width: mean((detection) => detection.width),
    height: mean((detection) => detection.height),
    keyPoints: group[0].keyPoints.map((_, point): Point => [
      mean((detection) => detection.keyPoints[point][0]), mean((detection) => detection.keyPoints[point][1]),
    ]),
  };
}

/** Area shared by two boxes over the area of both. */
export function intersectionOverUnion(
  first: Pick<Detection, 'centre' | 'width' | 'height'>, second: Pick<Detection, 'centre' | 'width' | 'height'>,
): number {
  const shared = (axis: 0 | 1, extent: 'width' | 'height'): number =>
    Math.max(0, Math.min(first.centre[axis] + first[extent] / 2, second.centre[axis] + second[extent] / 2) -
      Math.max(first.centre[axis] - first[extent] / 2, second.centre[axis] - second[extent] / 2));
  const intersection = shared(0, 'width') * shared(1, 'height');
  return intersection / (first.width * first.height + second.width * second.height - intersection || 1);
}
