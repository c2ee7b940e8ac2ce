/** All coefficients of one photo. */
import { coefficientCount, coefficientGroup } from '../coefficients.js';
import { decodeHost } from '../decode-host.js';
import type { FaceModel } from '../face-model.js';
import type { DenseModel } from './dense-model.js';
import { fitColours, type ColourOptions } from './fit-colour.js';
import { fitGeometry, type GeometryOptions } from './fit-geometry.js';
import { seenBy } from './openings.js';

export interface FitInput {
  /** [S*S*3] in 0..1 */
  readonly image: ArrayLike<number>;
  /** [468*2] column, row, px */
  readonly landmarks: ArrayLike<number>;
  /** [S*S] 1 on visible skin */
  readonly mask: ArrayLike<number>;
  readonly size: number;
}

export interface FitResult {
  readonly coefficients: Float32Array;
  /** Mean landmark distance as a fraction of the side of the face box. */
  readonly residual: number;
}

/** Geometry from the landmarks, then albedo and light from the pixels. Where too little skin shows, those stay at the mean. */
export function fitFace(face: FaceModel, dense: DenseModel, input: FitInput, options: GeometryOptions & ColourOptions): FitResult {
  const seen = seenBy(input.landmarks, dense.trust, input.mask, input.size);
  const { pose, coefficients: shape, residual } = fitGeometry(dense, input.landmarks, input.size, seen, options);
  const coefficients = new Float32Array(coefficientCount);
  coefficientGroup(coefficients, 'identity').set(shape.subarray(0, dense.identityModes));
  coefficientGroup(coefficients, 'expression').set(shape.subarray(dense.identityModes));
  coefficientGroup(coefficients, 'angles').set(pose.angles);
  coefficientGroup(coefficients, 'translation').set(pose.translation);
  const { albedo, light } = fitColours(face, decodeHost(face, coefficients).vertices, input.image, input.mask, input.size, options);
  coefficientGroup(coefficients, 'albedo').set(albedo);
  coefficientGroup(coefficients, 'light').set(light);
  return { coefficients, residual };
}
