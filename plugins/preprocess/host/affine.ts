/**
 * Affine maps of the plane, as 2 × 3 matrices in row-major order: x' = a·x + b·y + c, y' = d·x + e·y + f.
 *
 * Convention: pixel coordinates are continuous, y points down, and the centre of pixel (column i, row j) is at
 * (i + 0.5, j + 0.5). So the corners of a W × H picture are at (0, 0) and (W, H), and a map needs no half-pixel terms.
 */
export type Affine = readonly [number, number, number, number, number, number];

export type Point = readonly [number, number];

/** The map of one point. */
export function applyAffine(map: Affine, [x, y]: Point): Point {
  return [map[0] * x + map[1] * y + map[2], map[3] * x + map[4] * y + map[5]];
}

/** The inverse map. Throws a RangeError when the map is singular. */
export function invertAffine([a, b, c, d, e, f]: Affine): Affine {
  const determinant = a * e - b * d;
  if (!Number.isFinite(1 / determinant)) throw new RangeError('a singular affine map has no inverse');
  const [ia, ib, id, ie] = [e / determinant, -b / determinant, -d / determinant, a / determinant];
  return [ia, ib, -(ia * c + ib * f), id, ie, -(id * c + ie * f)];
}

/** The map that applies `first`, then `then`. */
export function composeAffine(then: Affine, first: Affine): Affine {
  return [
    then[0] * first[0] + then[1] * first[3], then[0] * first[1] + then[1] * first[4],
    then[0] * first[2] + then[1] * first[5] + then[2],
    then[3] * first[0] + then[4] * first[3], then[3] * first[1] + then[4] * first[4],
    then[3] * first[2] + then[4] * first[5] + then[5],
  ];
}

/** Length by which the map scales, for maps that scale all directions alike: √|det|. */
export function scaleOf(map: Affine): number {
  return Math.sqrt(Math.abs(map[0] * map[4] - map[1] * map[3]));
}

/**
 * The similarity that carries a square of the photo onto a square picture of `size` pixels.
 *
 * `centre` and `side` are in photo pixels; `roll` is the angle in radians, clockwise on the screen (y down), by which
 * the square's own x axis is turned from the photo's. A point along that axis lands to the right of the centre.
 */
export function squareToPicture(centre: Point, side: number, roll: number, size: number): Affine {
  const scale = size / side;
  const cos = scale * Math.cos(roll);
  const sin = scale * Math.sin(roll);
  return [
    cos, sin, size / 2 - cos * centre[0] - sin * centre[1],
    -sin, cos, size / 2 + sin * centre[0] - cos * centre[1],
  ];
}

/** All points of an interleaved x, y array, mapped. */
export function mapPoints(map: Affine, points: Float32Array): Float32Array {
  const [a, b, c, d, e, f] = map;
  const mapped = new Float32Array(points.length);
  for (let index = 0; index < points.length; index += 2) {
    const x = points[index];
    const y = points[index + 1];
    mapped[index] = a * x + b * y + c;
    mapped[index + 1] = d * x + e * y + f;
  }
  return mapped;
}

/** Left, top, width and height of the smallest box around points given as x, y, x, y, … */
export function boundsOf(points: Float32Array): [number, number, number, number] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let index = 0; index < points.length; index += 2) {
    left = Math.min(left, points[index]);
    right = Math.max(right, points[index]);
    top = Math.min(top, points[index + 1]);
    bottom = Math.max(bottom, points[index + 1]);
  }
  return [left, top, right - left, bottom - top];
}
