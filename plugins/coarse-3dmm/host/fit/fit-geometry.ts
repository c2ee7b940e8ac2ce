/** Pose, identity and expression from dense landmarks. */
import { deep3dCamera, projectVertices } from '../../../rasterizer/index.js';
import { densePoints, type DenseModel } from './dense-model.js';
import { NormalEquations } from './least-squares.js';
import type { Seen } from './openings.js';
import { firstPose, posePoints, rotationDerivatives, rotationOf, type Pose } from './pose.js';

export interface GeometryOptions {
  /** Standard deviation of a landmark, as a fraction of the side of the face box. */
  readonly landmarkNoise: number;
  /** Standard deviation of the gap between two lids or lips, as a fraction of the side of the face box. */
  readonly openingNoise: number;
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
 * Gauss-Newton on E = Σ_i w_i ‖r_i‖² / σ² + Σ_(i,j) w_i ‖r_i − r_j‖² / τ² + ‖c‖², r_i = p_i − π(R S_i(c) + t), with the perspective camera π:
 * first pose alone, then pose and shape together. Landmarks on the outline have less weight, far residuals are tamed by Huber's weights.
 * The second sum is over the gaps between lids and between lips: a detector knows how far apart they are better than where they are, and a
 * closed eye is one pixel of many (Feng et al., "Learning an animatable detailed 3D face model", 2021, eye closure loss, which has lengths for vectors).
 *
 * @param landmarks [N*2] column, row, px
 * @param size side of the picture, px
 * @param seen the gaps that can be seen, and how much each landmark counts
 */
export function fitGeometry(model: DenseModel, landmarks: ArrayLike<number>, size: number, seen: Seen, options: GeometryOptions): Geometry {
  const side = boxSide(landmarks);
  const sigma = options.landmarkNoise * side;
  let pose = firstPose(model.mean, landmarks, model.trust, size);
  let coefficients = new Float64Array(model.modes);
  for (let round = 0; round < poseRounds + options.rounds; round++) {
    const shapeModes = round < poseRounds ? 0 : model.modes;
    const step = gaussNewtonStep(model, landmarks, size, seen, pose, coefficients, { landmark: sigma, opening: options.openingNoise * side }, shapeModes);
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

/** Two linear equations, across and down: rows · x = residual. */
interface Equations {
  readonly rows: readonly [Float64Array, Float64Array];
  readonly residual: [number, number];
}

const emptyEquations = (width: number): Equations => ({ rows: [new Float64Array(width), new Float64Array(width)], residual: [0, 0] });

/** Change of (angles, translation, coefficients). */
function gaussNewtonStep(
  model: DenseModel, landmarks: ArrayLike<number>, size: number, { openings, trust }: Seen, pose: Pose, coefficients: Float64Array,
  sigma: { readonly landmark: number; readonly opening: number }, shapeModes: number,
): Float64Array {
  const width = 6 + shapeModes;
  const linearise = lineariser(model, landmarks, size, pose, coefficients, shapeModes);
  const equations = new NormalEquations(width);
  const [one, other] = [emptyEquations(width), emptyEquations(width)];
  const add = (deviation: number, share: number): void => {
    const distance = Math.hypot(...one.residual) / deviation;
    const weight = (share / (deviation * deviation)) * Math.min(1, huber / Math.max(distance, 1e-9));
    one.rows.forEach((row, axis) => equations.add(row, one.residual[axis]!, weight));
  };
  for (let point = 0; point < trust.length; point++) {
    linearise(point, one);
    add(sigma.landmark, trust[point]!);
  }
  if (shapeModes > 0) {
    for (const [upper, lower] of openings) {
      linearise(upper, one);
      linearise(lower, other);
      subtract(one, other);
      add(sigma.opening, trust[upper]!);
    }
  }
  for (let mode = 0; mode < shapeModes; mode++) equations.addPrior(6 + mode, -coefficients[mode]!, 1);
  return equations.solve();
}

function subtract(left: Equations, right: Equations): void {
  for (const axis of [0, 1] as const) {
    left.residual[axis] -= right.residual[axis];
    for (let k = 0; k < left.rows[axis].length; k++) left.rows[axis][k]! -= right.rows[axis][k]!;
  }
}

/** What fills in the equations of one point of the face as it is posed now. */
function lineariser(
  model: DenseModel, landmarks: ArrayLike<number>, size: number, pose: Pose, coefficients: Float64Array, shapeModes: number,
): (point: number, into: Equations) => void {
  const width = 6 + shapeModes;
  const points = densePoints(model, coefficients);
  const posed = posePoints(points, pose);
  const rotation = rotationOf(pose.angles);
  const derivatives = rotationDerivatives(pose.angles);
  const focal = deep3dCamera.focal * size;
  const columns = new Float64Array(3 * width);
  return (point, { rows, residual }) => {
    fillColumns(columns, model, points, point, rotation, derivatives, shapeModes);
    const z = deep3dCamera.distance - posed[point * 3 + 2]!;
    for (const [axis, sign] of [[0, 1], [1, -1]] as const) {
      const place = posed[point * 3 + axis]!;
      residual[axis] = landmarks[point * 2 + axis]! - (size / 2 + (sign * focal * place) / z);
      // z_c = d − z, so a step in z changes x / z_c by x / z_c².
      for (let k = 0; k < width; k++) rows[axis][k] = (sign * focal * (columns[axis * width + k]! + (place / z) * columns[2 * width + k]!)) / z;
    }
  };
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
