/** The distribution of people's shapes, from fits of their photos. */
import { EigenvalueDecomposition, inverse, Matrix } from 'ml-matrix';
import { deep3dCamera } from '../../../rasterizer/index.js';
import { identityCount } from '../coefficients.js';
import type { FaceModel } from '../face-model.js';
import type { DenseModel } from '../fit/dense-model.js';
import { boxSide } from '../fit/fit-geometry.js';

export interface IdentityPrior {
  /** [80] coefficients of the mean person in the modes that the fits had. */
  readonly mean: Float32Array;
  /** [80, 80]: new coefficients z of unit variance are c = mean + L z in those modes; columns by falling variance. */
  readonly mixing: Float32Array;
}

/** So small a variance stands for none. */
const leastVariance = 1e-6;

/** Sums of coefficients and of their products. */
export class IdentitySums {
  count = 0;
  private readonly first = new Float64Array(identityCount);
  private readonly second = Matrix.zeros(identityCount, identityCount);

  /** @param identity [80] */
  add(identity: ArrayLike<number>): void {
    this.count++;
    for (let a = 0; a < identityCount; a++) {
      this.first[a]! += identity[a]!;
      for (let b = 0; b < identityCount; b++) this.second.set(a, b, this.second.get(a, b) + identity[a]! * identity[b]!);
    }
  }

  /** Mean and covariance of the estimates themselves. */
  moments(): { readonly mean: Float64Array; readonly covariance: Matrix } {
    const mean = this.first.map((sum) => sum / this.count);
    const covariance = Matrix.zeros(identityCount, identityCount);
    for (let a = 0; a < identityCount; a++) {
      for (let b = 0; b < identityCount; b++) covariance.set(a, b, this.second.get(a, b) / this.count - mean[a]! * mean[b]!);
    }
    return { mean, covariance };
  }
}

/**
 * One round of expectation and maximisation for the Gaussian that identities come from: the covariance of the fits, which are pulled to the
 * prior, plus what the landmarks of a photo leave open about each (the mean posterior covariance, here that of a face from the front).
 *
 * Source: probabilistic PCA's estimate of a factor's covariance (Bishop, "Pattern recognition and machine learning", 12.2.2).
 */
export function identityPrior(sums: IdentitySums, model: DenseModel, landmarkNoise: number): IdentityPrior {
  const { mean, covariance } = sums.moments();
  const open = posteriorCovariance(model, landmarkNoise);
  const { realEigenvalues: variances, eigenvectorMatrix: axes } = new EigenvalueDecomposition(Matrix.add(covariance, open), { assumeSymmetric: true });
  const order = variances.map((_, at) => at).sort((one, other) => variances[other]! - variances[one]!);
  const mixing = new Float32Array(identityCount * identityCount);
  order.forEach((from, column) => {
    const deviation = Math.sqrt(Math.max(variances[from]!, leastVariance));
    for (let row = 0; row < identityCount; row++) mixing[row * identityCount + column] = axes.get(row, from) * deviation;
  });
  return { mean: Float32Array.from(mean), mixing };
}

/** [80, 80] of identity, when pose and expression are unknown too; unused modes keep their unit variance. */
export function posteriorCovariance(model: DenseModel, landmarkNoise: number): Matrix {
  const size = 6 + model.modes;
  const equations = Matrix.eye(size, size);
  for (let at = 0; at < 6; at++) equations.set(at, at, leastVariance);
  const scale = deep3dCamera.focal / deep3dCamera.distance;
  const sigma = landmarkNoise * boxSide(Array.from({ length: 2 * model.trust.length }, (_, at) => scale * model.mean[3 * Math.floor(at / 2) + (at % 2)]!));
  for (let point = 0; point < model.trust.length; point++) {
    for (const axis of [0, 1] as const) {
      const row = frontalRow(model, point, axis);
      const weight = model.trust[point]! * (scale / sigma) ** 2;
      for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) equations.set(a, b, equations.get(a, b) + weight * row[a]! * row[b]!);
    }
  }
  const posterior = Matrix.eye(identityCount, identityCount);
  posterior.setSubMatrix(inverse(equations).subMatrix(6, 5 + model.identityModes, 6, 5 + model.identityModes), 0, 0);
  return posterior;
}

/** Change of a point's place across or down, dm at the distance of the face, by angles, translation and coefficients. */
function frontalRow(model: DenseModel, point: number, axis: 0 | 1): Float64Array {
  const [x, y, z] = [model.mean[3 * point]!, model.mean[3 * point + 1]!, model.mean[3 * point + 2]!];
  const nearer = (axis === 0 ? x : y) / deep3dCamera.distance;
  const row = new Float64Array(6 + model.modes);
  row.set(axis === 0 ? [0, z, -y] : [-z, 0, x]);
  row[3 + axis] = 1;
  row[5] = nearer;
  for (let mode = 0; mode < model.modes; mode++) {
    row[6 + mode] = model.basis[(3 * point + axis) * model.modes + mode]! + nearer * model.basis[(3 * point + 2) * model.modes + mode]!;
  }
  return row;
}

/** The model whose identity coefficients are those of the prior: S̄' = S̄ + B m, B' = B L. */
export function withIdentityPrior(face: FaceModel, { mean, mixing }: IdentityPrior): Pick<FaceModel, 'meanShape' | 'identityBasis' | 'activeModes'> {
  const meanShape = Float32Array.from(face.meanShape);
  const identityBasis = new Float32Array(face.identityBasis.length);
  for (let row = 0; row < meanShape.length; row++) {
    const from = row * identityCount;
    for (let mode = 0; mode < identityCount; mode++) {
      const value = face.identityBasis[from + mode]!;
      if (value === 0) continue;
      meanShape[row]! += value * mean[mode]!;
      for (let column = 0; column < identityCount; column++) identityBasis[from + column]! += value * mixing[mode * identityCount + column]!;
    }
  }
  return { meanShape, identityBasis, activeModes: { ...face.activeModes, identity: identityCount } };
}
