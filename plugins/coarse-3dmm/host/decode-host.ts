/** The decoder of `coarse-3dmm/decode` on the host, for one face: for fits, exports and tests. */
import { albedoCount, coefficientGroup, expressionCount, identityCount } from './coefficients.js';
import type { FaceModel } from './face-model.js';
import { posePoints, type Pose } from './fit/pose.js';

export interface HostFace {
  /** [V*3] dm, posed. */
  readonly vertices: Float64Array;
  /** [V*3] dm, in the model's frame. */
  readonly shape: Float64Array;
  /** [V*3] */
  readonly albedo: Float64Array;
  /** [27] */
  readonly light: Float32Array;
}

/** S = S̄ + B_id α + B_exp β, V = R S + t, T = T̄ + B_tex δ. */
export function decodeHost(face: FaceModel, coefficients: Float32Array): HostFace {
  const shape = addModes(face.meanShape, face.identityBasis, identityCount, coefficientGroup(coefficients, 'identity'), face.activeModes.identity);
  const [pitch, yaw, roll] = coefficientGroup(coefficients, 'angles') as unknown as Pose['angles'];
  const [x, y, z] = coefficientGroup(coefficients, 'translation') as unknown as Pose['translation'];
  addInto(shape, face.expressionBasis, expressionCount, coefficientGroup(coefficients, 'expression'), face.activeModes.expression);
  return {
    shape,
    vertices: posePoints(shape, { angles: [pitch, yaw, roll], translation: [x, y, z] }),
    albedo: addModes(face.meanAlbedo, face.albedoBasis, albedoCount, coefficientGroup(coefficients, 'albedo'), face.activeModes.albedo),
    light: coefficientGroup(coefficients, 'light'),
  };
}

function addModes(mean: Float32Array, basis: Float32Array, stride: number, coefficients: Float32Array, modes: number): Float64Array {
  const field = Float64Array.from(mean);
  addInto(field, basis, stride, coefficients, modes);
  return field;
}

function addInto(field: Float64Array, basis: Float32Array, stride: number, coefficients: Float32Array, modes: number): void {
  for (let row = 0; row < field.length; row++) {
    let sum = 0;
    for (let mode = 0; mode < modes; mode++) sum += basis[row * stride + mode]! * coefficients[mode]!;
    field[row]! += sum;
  }
}
