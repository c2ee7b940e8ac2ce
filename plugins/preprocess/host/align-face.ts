/** One face of one photo, aligned: everything the stage `preprocess/align` gives. */
import { alignmentOf, fivePointsOf, orthographicPose } from './alignment.js';
import { boundsOf, mapPoints, type Affine } from './affine.js';
import { locateFace, type Box, type FaceNetworks, type LocateOptions } from './locate-face.js';
import type { Located } from '../plugin.js';
import { landmarks68Of } from './mesh-topology.js';
import { warpAffine, type Photo } from './warp-affine.js';

export interface AlignOptions extends LocateOptions {
  /** Side of the crop in pixels. */
  readonly size: number;
  readonly roll: 'keep' | 'upright';
}

export interface AlignedFace {
  /** [size, size, 3], RGB in 0 … 1, in the 256 levels of the photo: k / 255. */
  readonly image: Float32Array;
  /** [468, 2] in continuous crop pixels. */
  readonly landmarks: Float32Array;
  /** [68, 2] in continuous crop pixels. */
  readonly landmarks68: Float32Array;
  /** From photo pixels to crop pixels. */
  readonly transform: Affine;
  /** Left, top, width, height of the 68 landmarks, in crop pixels. */
  readonly box: readonly [number, number, number, number];
  readonly confidence: number;
  /** See `LocatedFace`. */
  readonly disagreement: number;
  readonly located: Located;
}

/** Throws a SampleError when the photo shows no face, or one whose landmarks cannot be trusted. */
export function alignFace(photo: Photo, hint: Box | null, networks: FaceNetworks, options: AlignOptions): AlignedFace {
  const face = locateFace(photo, hint, networks, options);
  const pose = orthographicPose(fivePointsOf(landmarks68Of(face.points)));
  const transform = asFloat32(alignmentOf(pose, options.size, options.roll === 'upright'));
  const landmarks = mapPoints(transform, face.points);
  const landmarks68 = landmarks68Of(landmarks);
  return {
    image: inLevels(warpAffine(photo, transform, options.size)),
    landmarks,
    landmarks68,
    transform,
    box: boundsOf(landmarks68),
    confidence: face.confidence,
    disagreement: face.disagreement,
    located: face.located,
  };
}

/** The map as it will be stored, so that pixels and landmarks are made with exactly the numbers that leave the stage. */
function asFloat32(map: Affine): Affine {
  return [...Float32Array.from(map)] as unknown as Affine;
}

const levels = Float32Array.from({ length: 256 }, (_, k) => k / 255);

/** Numbers in 0 … 1 rounded to k / 255, in place: finer steps would say nothing of a photo of 8 bits, and a byte holds these. */
function inLevels(picture: Float32Array): Float32Array {
  for (let index = 0; index < picture.length; index++) picture[index] = levels[(255 * picture[index] + 0.5) | 0];
  return picture;
}
