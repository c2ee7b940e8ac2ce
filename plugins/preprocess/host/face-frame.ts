/** Coordinates that belong to a face, so that an occluder sits alike on every face. */
import type { Point } from './affine.js';
import { faceOval, leftEye, rightEye } from './mesh-topology.js';

/**
 * u points to the right along the line of the eyes and v down the face, both in units of the face's size √(width · height of its
 * outline); (0, 0) is the middle of the outline.
 */
export interface FaceFrame {
  readonly outline: readonly Point[];
  readonly eyes: readonly [Point, Point];
  /** Pixels for one unit. */
  readonly size: number;
  toFace(point: Point): Point;
}

/** `landmarks` is [468, 2] in pixels. */
export function faceFrameOf(landmarks: Float32Array): FaceFrame {
  const at = (index: number): Point => [landmarks[2 * index], landmarks[2 * index + 1]];
  const outline = faceOval.map(at);
  const centreOf = (points: readonly Point[]): Point => [
    points.reduce((sum, [x]) => sum + x, 0) / points.length, points.reduce((sum, [, y]) => sum + y, 0) / points.length,
  ];
  const [left, right] = [centreOf(leftEye.map(at)), centreOf(rightEye.map(at))];
  const roll = Math.atan2(right[1] - left[1], right[0] - left[0]);
  const [cos, sin] = [Math.cos(roll), Math.sin(roll)];
  const turned = outline.map(([x, y]): Point => [cos * x + sin * y, cos * y - sin * x]);
  const extent = (axis: 0 | 1): [number, number] => [Math.min(...turned.map((p) => p[axis])), Math.max(...turned.map((p) => p[axis]))];
  const [[x0, x1], [y0, y1]] = [extent(0), extent(1)];
  const size = Math.sqrt(Math.max(1, (x1 - x0) * (y1 - y0)));
  const toFace = ([x, y]: Point): Point => [(cos * x + sin * y - (x0 + x1) / 2) / size, (cos * y - sin * x - (y0 + y1) / 2) / size];
  return { outline, eyes: [toFace(left), toFace(right)], size, toFace };
}
