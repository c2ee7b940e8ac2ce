/** Coefficients → better coefficients, by what the picture shows at the points of the face that they describe. */
import { heNormal, zeros } from '../../../framework/index.js';
import { samplePicture, stopGradient, tf, type Tensor } from '../../../framework/device/index.js';
import { coefficientCount } from '../host/coefficients.js';
import { units } from '../host/heads.js';
import { projectPoints } from '../maths/camera.js';
import { linearOffsets } from '../maths/linear-face-model.js';
import { poseVertices } from '../maths/rotation.js';
import { sliceOf } from '../maths/slice-of.js';
import type { MakeVariable } from './layers.js';

/** The face model at places of the face, and the picture that is read there. */
export interface Places {
  /** float32 [N, 3], dm */
  readonly mean: Tensor;
  /** float32 [N*3, identityModes + expressionModes] */
  readonly basis: Tensor;
  /** float32 [N, 3], unit normals of the mean face. */
  readonly normals: Tensor;
  /** By how much the picture is shrunk first, so that a pixel's noise and a place a pixel off matter less. */
  readonly shrink: number;
}

/** How many modes the bases hold. */
export interface Modes {
  readonly identity: number;
  readonly expression: number;
}

export interface StepOptions {
  /** K, rectified units; without them the step is linear in φ. */
  readonly hidden: number;
  /** Degrees. */
  readonly upToYaw: number;
}

export interface CascadeStep {
  /** φ: float32 [B, 4 N + 257], N over all places. */
  readonly features: (picture: Tensor, coefficients: Tensor) => Tensor;
  /** float32 [B, 257] and their φ → float32 [B, 257]. */
  readonly correct: (coefficients: Tensor, features: Tensor) => Tensor;
}

/** A point counts in full when it faces the viewer by this much: n_z. */
const fullyFacing = 0.25;
/** Coefficients enter the features at about the size of colours. */
const coefficientShare = 0.3;

/** Degrees over which a step fades out. */
const fade = 20;

/**
 * One step of cascaded regression: c' = c + g u ∘ (W φ / √F + V relu(H φ + h) / √K + b), where φ holds the colours of the picture at N places of
 * the face that c describes, whether each faces the viewer, and c itself (Cootes et al., "Active appearance models", 2001;
 * Xiong and De la Torre, "Supervised descent method", 2013). W, V and b start at zero, so an untrained step changes
 * nothing. φ and g are taken as given: gradients reach c' by the sum alone, not by where it looks.
 *
 * Not in those: g = clip((upToYaw + 20° − |yaw of c|) / 20°, 0, 1), so that a step learned on photos, which hardly show a face from the side, leaves
 * such faces as they are.
 */
export function makeCascadeStep(places: readonly Places[], modes: Modes, { hidden, upToYaw }: StepOptions, variable: MakeVariable): CascadeStep {
  const width = 4 * places.reduce((sum, { mean }) => sum + mean.shape[0]!, 0) + coefficientCount;
  const direct = variable('direct/kernel', [width, coefficientCount], zeros);
  const bend = hidden === 0 ? undefined : makeBend(width, hidden, variable);
  const bias = variable('output/bias', [coefficientCount], zeros);
  const share = (coefficients: Tensor): Tensor => tf.mul(tf.div(coefficients, units), coefficientShare);
  return {
    features: (picture, coefficients) => tf.tidy(() =>
      stopGradient(tf.concat([...places.map((each) => look(picture, coefficients, each, modes)), share(coefficients)], 1))),
    correct: (coefficients, features) => tf.tidy(() => {
      const linear = tf.div(tf.matMul(features as tf.Tensor2D, direct as tf.Tensor2D), Math.sqrt(width));
      const sum = tf.add(bend ? tf.add(linear, bend(features)) : linear, bias);
      const step = tf.mul(sum, units);
      return tf.add(coefficients, upToYaw === 180 ? step : tf.mul(step, shareByYaw(coefficients, upToYaw)));
    }),
  };
}

/** V relu(H φ + h) / √K: float32 [B, 257]. */
function makeBend(width: number, hidden: number, variable: MakeVariable): (features: Tensor) => Tensor {
  const first = variable('hidden/kernel', [width, hidden], heNormal);
  const firstBias = variable('hidden/bias', [hidden], zeros);
  const second = variable('output/kernel', [hidden, coefficientCount], zeros);
  return (features) => {
    const inner = tf.relu(tf.add(tf.matMul(features as tf.Tensor2D, first as tf.Tensor2D), firstBias)) as tf.Tensor2D;
    return tf.div(tf.matMul(inner, second as tf.Tensor2D), Math.sqrt(hidden));
  };
}

/** g: float32 [B, 1]. */
function shareByYaw(coefficients: Tensor, upToYaw: number): Tensor {
  const yaw = tf.mul(tf.abs(tf.slice(sliceOf(coefficients, 'angles'), [0, 1], [-1, 1])), 180 / Math.PI);
  return stopGradient(tf.clipByValue(tf.div(tf.sub(upToYaw + fade, yaw), fade), 0, 1));
}

/** Colours and facing at the places of one face: [B, 4 N]. */
function look(picture: Tensor, coefficients: Tensor, { mean, basis, normals, shrink }: Places, { identity, expression }: Modes): Tensor {
  const batch = picture.shape[0]!;
  const small = shrink === 1 ? picture : (tf.avgPool(picture as tf.Tensor4D, shrink, shrink, 'same') as Tensor);
  const modes = tf.concat([tf.slice(sliceOf(coefficients, 'identity'), [0, 0], [-1, identity]), tf.slice(sliceOf(coefficients, 'expression'), [0, 0], [-1, expression])], 1);
  const angles = sliceOf(coefficients, 'angles');
  const posed = poseVertices(tf.add(mean, linearOffsets(basis, modes)), angles, sliceOf(coefficients, 'translation'));
  const turned = poseVertices(tf.tile(tf.expandDims(normals, 0), [batch, 1, 1]), angles, tf.zeros([batch, 3]));
  const facing = tf.clipByValue(tf.div(tf.slice(turned, [0, 0, 2], [-1, -1, 1]), fullyFacing), 0, 1);
  const colours = tf.mul(tf.mul(tf.sub(samplePicture(small, tf.div(projectPoints(posed, picture.shape[1]!), shrink)), 0.5), 2), facing);
  return tf.reshape(tf.concat([colours, facing], 2), [batch, -1]);
}
