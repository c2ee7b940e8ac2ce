import { coefficientGroup, rotationOf, type CoefficientGroup } from '../../coarse-3dmm/index.js';
import { deep3dCamera } from '../../rasterizer/index.js';
import { applyAffine, invertAffine, type Affine } from './affine.js';

/** What is known of one face. */
export interface FaceParts {
  /** [257], Deep3D's order. */
  readonly coefficients: Float32Array;
  /** Side of the crop, px. */
  readonly size: number;
  /** [N * 2] columns and rows in the crop, px. */
  readonly landmarks?: Float32Array;
  /** Photo pixels to crop pixels. */
  readonly transform?: Affine;
}

/** A face as plain data, for JSON. Lengths in dm, angles in radians, pixels continuous with (0.5, 0.5) in the first one's centre. */
export interface FaceDescription {
  /** The 257 coefficients by group; identity, expression and albedo in standard deviations. */
  readonly coefficients: Readonly<Record<CoefficientGroup, readonly number[]>>;
  /** v′ = R v + t, R = Rz·Ry·Rx by rows. */
  readonly pose: { readonly rotation: readonly (readonly number[])[]; readonly translation: readonly number[] };
  /** The pinhole camera of the crop: at (0, 0, distance), looking along −z. */
  readonly camera: { readonly size: number; readonly focal: number; readonly centre: readonly [number, number]; readonly distance: number };
  readonly landmarks?: { readonly crop: readonly Point[]; readonly photo?: readonly Point[] };
  /** [[a, b, c], [d, e, f]]: photo pixels to crop pixels. */
  readonly transform?: readonly (readonly number[])[];
}

type Point = readonly [number, number];

/** @throws RangeError when the transform has no inverse. */
export function describeFace({ coefficients, size, landmarks, transform }: FaceParts): FaceDescription {
  const group = (name: CoefficientGroup): number[] => numbers(coefficientGroup(coefficients, name));
  const [pitch = 0, yaw = 0, roll = 0] = coefficientGroup(coefficients, 'angles');
  const crop = landmarks && pairs(landmarks);
  return {
    coefficients: {
      identity: group('identity'), expression: group('expression'), albedo: group('albedo'), angles: group('angles'), light: group('light'),
      translation: group('translation'),
    },
    pose: { rotation: rows(rotationOf([pitch, yaw, roll])), translation: group('translation') },
    camera: { size, focal: deep3dCamera.focal * size, centre: [size / 2, size / 2], distance: deep3dCamera.distance },
    ...(crop && { landmarks: { crop, ...(transform && { photo: inPhoto(crop, transform) }) } }),
    ...(transform && { transform: rows(transform) }),
  };
}

function inPhoto(points: readonly Point[], transform: Affine): Point[] {
  const inverse = invertAffine(transform);
  return points.map((point) => {
    const [x, y] = applyAffine(inverse, ...point);
    return [short(x), short(y)];
  });
}

function pairs(values: Float32Array): Point[] {
  return Array.from({ length: values.length / 2 }, (_, index) => [short(values[2 * index]!), short(values[2 * index + 1]!)] as const);
}

function rows(matrix: ArrayLike<number>): number[][] {
  const values = numbers(matrix);
  return Array.from({ length: values.length / 3 }, (_, row) => values.slice(3 * row, 3 * row + 3));
}

function numbers(values: ArrayLike<number>): number[] {
  return Array.from(values, short);
}

/** Nine digits: what a float32 holds, without the tail of its double. */
function short(value: number): number {
  return Number(value.toPrecision(9));
}
