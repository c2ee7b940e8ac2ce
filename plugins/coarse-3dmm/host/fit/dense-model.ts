/** The face model at the 468 points of facemesh alone. */
import { expressionCount, identityCount } from '../coefficients.js';
import type { FaceModel } from '../face-model.js';

export interface DenseModel {
  /** [N*3] dm */
  readonly mean: Float64Array;
  /** [N*3, modes]: identity then expression, without the unused modes. */
  readonly basis: Float64Array;
  readonly modes: number;
  readonly identityModes: number;
  /** [N] */
  readonly trust: Float32Array;
}

/** Mean, active modes and trust at the 468 points, so that a fit need not touch the whole mesh. */
export function denseModel(face: FaceModel): DenseModel {
  const { vertices, weights, trust } = face.denseLandmarks;
  const { identity, expression } = face.activeModes;
  const modes = identity + expression;
  const count = trust.length;
  const mean = new Float64Array(count * 3);
  const basis = new Float64Array(count * 3 * modes);
  for (let point = 0; point < count; point++) {
    for (let corner = 0; corner < 3; corner++) {
      const weight = weights[point * 3 + corner]!;
      for (let axis = 0; axis < 3; axis++) {
        const from = vertices[point * 3 + corner]! * 3 + axis;
        const to = point * 3 + axis;
        mean[to]! += weight * face.meanShape[from]!;
        for (let mode = 0; mode < identity; mode++) basis[to * modes + mode]! += weight * face.identityBasis[from * identityCount + mode]!;
        for (let mode = 0; mode < expression; mode++) {
          basis[to * modes + identity + mode]! += weight * face.expressionBasis[from * expressionCount + mode]!;
        }
      }
    }
  }
  return { mean, basis, modes, identityModes: identity, trust };
}

/** [N*3] points of a person and expression. */
export function densePoints(model: DenseModel, coefficients: ArrayLike<number>): Float64Array {
  const points = Float64Array.from(model.mean);
  for (let row = 0; row < points.length; row++) {
    for (let mode = 0; mode < model.modes; mode++) points[row]! += model.basis[row * model.modes + mode]! * coefficients[mode]!;
  }
  return points;
}
