/** A made-up face for tests: the landmarks of one built-in face would need the networks. */
import { float32, type HostTensor } from '../../../framework/index.js';
import { faceOval, leftBrow, leftEye, lips, rightBrow, rightEye } from '../../preprocess/index.js';

export const size = 96;

/** The 468 points in the middle of a picture of 96 px: contour, eyes, brows and lips in place, the others about the nose. */
export function faceMesh(): HostTensor {
  const points = Float32Array.from({ length: 936 }, (_, at) => (at % 2 === 0 ? 48 : 52));
  const place = (indices: readonly number[], x: number, y: number, width: number, height: number): void => indices.forEach((index, step) => {
    const angle = (2 * Math.PI * step) / indices.length - Math.PI / 2;
    points.set([x + width * Math.cos(angle), y + height * Math.sin(angle)], 2 * index);
  });
  place(faceOval, 48, 50, 26, 34);
  place(leftEye, 37, 42, 5, 2.5);
  place(rightEye, 59, 42, 5, 2.5);
  place(leftBrow, 37, 35, 6, 1.5);
  place(rightBrow, 59, 35, 6, 1.5);
  place(lips, 48, 67, 9, 4);
  const named: Readonly<Record<number, readonly [number, number]>> = { 197: [48, 47], 2: [48, 60], 61: [39, 67], 291: [57, 67], 0: [48, 63], 17: [48, 71] };
  for (const [index, point] of Object.entries(named)) points.set(point, 2 * Number(index));
  return float32(points, [468, 2]);
}
