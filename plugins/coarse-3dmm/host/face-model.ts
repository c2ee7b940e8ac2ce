/** A linear face model as plain data: the one interface of every source of such models. */
import { resourceKind } from '../../../framework/index.js';

/**
 * Frame: decimetres, x right, y up, z to the viewer, placed so that the five standard points (eyes, nose tip, mouth corners) are
 * where Deep3D has them: at zero pose its camera at z = 10 sees the face as Deep3D's does. Bases are multiplied by their
 * standard deviations, so that coefficients are N(0, 1) (Deep3D, `models/bfm.py`).
 */
export interface FaceModel {
  readonly name: string;
  /** Hash of every number of the model. */
  readonly digest: string;
  readonly vertexCount: number;
  /** [F*3] vertex indices from 0, counter-clockwise seen from outside. */
  readonly triangles: Int32Array;
  /** [V*3] dm */
  readonly meanShape: Float32Array;
  /** [V*3, 80], row-major: the 80 coefficients of one coordinate stand together. Unused modes are zero. */
  readonly identityBasis: Float32Array;
  /** [V*3, 64] */
  readonly expressionBasis: Float32Array;
  /** [V*3] sRGB in 0..1 */
  readonly meanAlbedo: Float32Array;
  /** [V*3, 80] */
  readonly albedoBasis: Float32Array;
  /** [68] vertices of the customary landmarks (iBUG 300-W order). */
  readonly landmarks: Int32Array;
  /** [V] the vertex at the mirror image of each vertex. */
  readonly mirror: Int32Array;
  /** [V] 1 on plain skin: cheeks, nose, forehead; 0 on eyes, brows, lips, beard and the rim. */
  readonly skinMask: Uint8Array;
  /** [V*2] texture coordinates of the skin, v up. */
  readonly uvs?: Float32Array;
  readonly denseLandmarks: DenseLandmarks;
  /** How many modes of each basis are not zero. */
  readonly activeModes: { readonly identity: number; readonly expression: number; readonly albedo: number };
}

/** Where the 468 points of facemesh lie on the mesh. */
export interface DenseLandmarks {
  /** [468*3] three vertices a point. */
  readonly vertices: Int32Array;
  /** [468*3] their weights, which sum to 1. */
  readonly weights: Float32Array;
  /** [468] how far a fit should trust the point: 1 inside the face, less on its outline, 0 when unusable. */
  readonly trust: Float32Array;
}

export const faceModelKind = resourceKind<FaceModel>('face-model');

/** Deep3D's standard points after its reduction of 68 landmarks to five, dm: eyes, nose tip, mouth corners, from image left. */
export const standardPoints = [
  [-0.31149, 0.29036, 0.13378], [0.3098, 0.28972, 0.1318], [0.00325, -0.04618, 0.55244], [-0.25217, -0.38134, 0.22406],
  [0.24847, -0.38128, 0.22236],
] as const;

/** Reduces 68 points of `width` numbers each to Deep3D's five: means of the eye corners, nose tip, mouth corners. */
export function fivePoints(landmarks: ArrayLike<number>, width: number): number[][] {
  const mean = (...indices: number[]): number[] =>
    Array.from({ length: width }, (_, axis) => indices.reduce((sum, index) => sum + landmarks[index * width + axis]! / indices.length, 0));
  return [mean(36, 39), mean(42, 45), mean(30), mean(48), mean(54)];
}

/** Five points of 3 numbers, each replaced by the mean of itself and the mirror image of its partner. */
export function symmetricFive(points: readonly (readonly number[])[]): number[][] {
  return [1, 0, 2, 4, 3].map((other, index) => {
    const [own, image] = [points[index]!, points[other]!];
    return [(own[0]! - image[0]!) / 2, (own[1]! + image[1]!) / 2, (own[2]! + image[2]!) / 2];
  });
}
