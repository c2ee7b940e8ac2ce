import type { Random } from '../../../framework/index.js';

export interface PoseRange {
  readonly yaw: number;
  readonly extremeYaw: number;
  readonly extremeShare: number;
  readonly pitch: number;
  readonly roll: number;
}

/**
 * A random pose: rotation about x (pitch), y (yaw) and z (roll), radians, from ranges in degrees. Yaw is uniform in ± yaw, and with
 * `extremeShare` uniform between yaw and extremeYaw on either side; the others are uniform.
 */
export function drawPose(random: Random, range: PoseRange): [number, number, number] {
  const radians = Math.PI / 180;
  const pitch = random.between(-range.pitch, range.pitch);
  const roll = random.between(-range.roll, range.roll);
  const extreme = random.uniform() < range.extremeShare;
  const side = random.uniform() < 0.5 ? -1 : 1;
  const turn = extreme ? random.between(range.yaw, Math.max(range.yaw, range.extremeYaw)) : random.between(0, range.yaw);
  return [pitch * radians, side * turn * radians, roll * radians];
}
