/** What is known of a photo without being told: where skin of the face is for certain, where it is not, and where nobody can say. */
import { faceOval, fillPolygon, faceFrameOf, leftBrow, type Point } from '../../preprocess/index.js';

export interface GroundTruth {
  /** [size, size]: 1 where skin of the face is visible. */
  readonly mask: Float32Array;
  /** [size, size]: 1 where that is certain inside the contour, `outside` where it is outside, 0 where it is not certain. */
  readonly weight: Float32Array;
}

/** Pixels far outside of the contour are many and easy. */
const outside = 0.3;

/**
 * A consensus of two methods. Skin: inside the contour of the landmarks, and of the skin's colour by far (> 0.8). Not skin: outside the contour, and
 * colours that are not of skin (< 0.1) on the forehead, where hair and hats are. The rest stays open: dark or strange colours on the lower face
 * may be a beard, those around the eyes shadows or spectacles, and a strip along the contour depends on the landmarks' error.
 *
 * @param skin probability of skin by colour, [size, size].
 * @param landmarks [468, 2] in pixels.
 */
export function groundTruth(skin: Float32Array, landmarks: Float32Array, size: number): GroundTruth {
  const frame = faceFrameOf(landmarks);
  const at = (index: number): Point => [landmarks[2 * index], landmarks[2 * index + 1]];
  const contour = (scale: number): Float32Array => fillPolygon(scaledOutline(faceOval.map(at), scale), size);
  const [inner, outer] = [contour(0.97), contour(1.06)];
  const browLine = Math.min(...leftBrow.map((index) => frame.toFace(at(index))[1])) - 0.02;
  const mask = new Float32Array(size * size);
  const weight = new Float32Array(size * size);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (outer[pixel] === 0) {
      weight[pixel] = outside;
      continue;
    }
    if (inner[pixel] < 1) continue;
    const isForehead = frame.toFace([(pixel % size) + 0.5, Math.floor(pixel / size) + 0.5])[1] < browLine;
    if (skin[pixel] > 0.8) mask[pixel] = weight[pixel] = 1;
    else if (isForehead && skin[pixel] < 0.1) weight[pixel] = 1;
  }
  return { mask, weight };
}

/** The polygon scaled about its middle. */
function scaledOutline(outline: readonly Point[], scale: number): Point[] {
  const middle = [0, 1].map((axis) => {
    const values = outline.map((point) => point[axis]!);
    return (Math.min(...values) + Math.max(...values)) / 2;
  });
  return outline.map(([x, y]): Point => [middle[0]! + scale * (x - middle[0]!), middle[1]! + scale * (y - middle[1]!)]);
}

/** The share of the contour's inside that is known to be skin: photos below some share are covered, or their colours mislead. */
export function certainShare({ mask }: GroundTruth, landmarks: Float32Array, size: number): number {
  const inside = fillPolygon(faceOval.map((index): Point => [landmarks[2 * index], landmarks[2 * index + 1]]), size);
  const [known, total] = inside.reduce(([skin, all], share, pixel) => [skin + share * mask[pixel], all + share], [0, 1e-6]);
  return known / total;
}
