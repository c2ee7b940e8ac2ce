/** Pose, identity and expression from dense landmarks. */
import { deep3dCamera, projectVertices } from '../../../rasterizer/index.js';
import { densePoints, type DenseModel } from './dense-model.js';
import { NormalEquations } from './least-squares.js';
import { firstPose, posePoints, rotationDerivatives, rotationOf, type Pose } from './pose.js';

export interface GeometryOptions {
  /** Standard deviation of a landmark, as a fraction of the side of the face box. */
  readonly landmarkNoise: number;
  readonly rounds: number;
}

export interface Geometry {
  readonly pose: Pose;
  /** Identity and expression, without the unused modes. */
  readonly coefficients: Float64Array;
  /** Mean distance between landmarks and fitted points, as a fraction of the side of the face box. */
  readonly residual: number;
}

/** Residuals beyond this many standard deviations count linearly (Huber). */
const huber = 2;
const poseRounds = 4;

/**
 * Gauss-Newton on E = Σ w_i ‖p_i − π(R S_i(c) + t)‖² / σ² + ‖c‖², with the perspective camera π: first pose alone, then pose
 * and shape together. Landmarks on the outline have less weight, far residuals are tamed by Huber's weights.
 *
 * @param landmarks [N*2] column, row, px
 * @param size side of the picture, px
 */
export function fitGeometry(model: DenseModel, landmarks: ArrayLike<number>, size: number, options: GeometryOptions): Geometry {
  const side = boxSide(landmarks);
  const sigma = options.landmarkNoise * side;
  let pose = firstPose(model.mean, landmarks, model.trust, size);
  let coefficients = new Float64Array(model.modes);
  for (let round = 0; round < poseRounds + options.rounds; round++) {
    const shapeModes = round < poseRounds ? 0 : model.modes;
    const step = gaussNewtonStep(model, landmarks, size, pose, coefficients, sigma, shapeModes);
    const [a, b, c, x, y, z] = step as unknown as [number, number, number, number, number, number];
    pose = {
      angles: [pose.angles[0] + a, pose.angles[1] + b, pose.angles[2] + c],
      translation: [pose.translation[0] + x, pose.translation[1] + y, pose.translation[2] + z],
    };
    coefficients = coefficients.map((value, mode) => value + (shapeModes > 0 ? step[6 + mode]! : 0));
  }
  return { pose, coefficients, residual: meanDistance(model, landmarks, size, pose, coefficients) / side };
}

/** Geometric mean of width and height of the box around the points. */
export function boxSide(landmarks: ArrayLike<number>): number {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (let at = 0; at < landmarks.length; at++) {
    low[at % 2] = Math.min(low[at % 2]!, landmarks[at]!);
    high[at % 2] = Math.max(high[at % 2]!, landmarks[at]!);
  }
  return Math.sqrt((high[0]! - low[0]!) * (high[1]! - low[1]!));
}

/** Change of (angles, translation, coefficients). */
function gaussNewtonStep(
  model: DenseModel, landmarks: ArrayLike<number>, size: number, pose: Pose, coefficients: Float64Array, sigma: number, shapeModes: number,
): Float64Array {
  const points = densePoints(model, coefficients);
  const rotation = rotationOf(pose.angles);
  const derivatives = rotationDerivatives(pose.angles);
  const focal = deep3dCamera.focal * size;
  const equations = new NormalEquations(6 + shapeModes);
  const columns = new Float64Array(3 * (6 + shapeModes));
  const row = new Float64Array(6 + shapeModes);
  const posed = posePoints(points, pose);
  for (let point = 0; point < model.trust.length; point++) {
    fillColumns(columns, model, points, point, rotation, derivatives, shapeModes);
    const [x, y, z] = [posed[point * 3]!, posed[point * 3 + 1]!, deep3dCamera.distance - posed[point * 3 + 2]!];
    const across = landmarks[point * 2]! - (size / 2 + (focal * x) / z);
    const down = landmarks[point * 2 + 1]! - (size / 2 - (focal * y) / z);
    const distance = Math.hypot(across, down) / sigma;
    const weight = (model.trust[point]! / (sigma * sigma)) * Math.min(1, huber / Math.max(distance, 1e-9));
    for (const [sign, place, residual, axis] of [[1, x, across, 0], [-1, y, down, 1]] as const) {
      for (let k = 0; k < row.length; k++) {
        // z_c = d − z, so a step in z changes x / z_c by x / z_c².
        row[k] = (sign * focal * (columns[axis * row.length + k]! + (place / z) * columns[2 * row.length + k]!)) / z;
      }
      equations.add(row, residual, weight);
    }
  }
  for (let mode = 0; mode < shapeModes; mode++) equations.addPrior(6 + mode, -coefficients[mode]!, 1);
  return equations.solve();
}

/** ∂(R S + t) by angles, translation and coefficients: three rows. */
function fillColumns(
  columns: Float64Array, model: DenseModel, points: Float64Array, point: number, rotation: Float64Array,
  derivatives: readonly Float64Array[], shapeModes: number,
): void {
  const width = 6 + shapeModes;
  const at = point * 3;
  for (let axis = 0; axis < 3; axis++) {
    for (let angle = 0; angle < 3; angle++) {
      const d = derivatives[angle]!;
      columns[axis * width + angle] = d[axis * 3]! * points[at]! + d[axis * 3 + 1]! * points[at + 1]! + d[axis * 3 + 2]! * points[at + 2]!;
      columns[axis * width + 3 + angle] = axis === angle ? 1 : 0;
    }
    const [r0, r1, r2] = [rotation[axis * 3]!, rotation[axis * 3 + 1]!, rotation[axis * 3 + 2]!];
    for (let mode = 0; mode < shapeModes; mode++) {
      const from = at * model.modes + mode;
      columns[axis * width + 6 + mode] = r0 * model.basis[from]! + r1 * model.basis[from + model.modes]! + r2 * model.basis[from + 2 * model.modes]!;
    }
  }
}

function meanDistance(model: DenseModel, landmarks: ArrayLike<number>, size: number, pose: Pose, coefficients: Float64Array): number {
  const projected = projectVertices(posePoints(densePoints(model, coefficients), pose), size);
  let sum = 0;
  for (let point = 0; point < model.trust.length; point++) {
    sum += Math.hypot(projected[point * 3]! - landmarks[point * 2]!, projected[point * 3 + 1]! - landmarks[point * 2 + 1]!);
  }
  return sum / model.trust.length;
}
