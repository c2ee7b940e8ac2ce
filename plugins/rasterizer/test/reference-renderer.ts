/**
 * The oracle: a slow renderer in float64 with its own formulas. One loop over pixels and triangles intersects the pixel's ray with
 * each triangle (Möller and Trumbore 1997) in world coordinates and keeps the nearest hit; nothing is shared with the code under test.
 */
export interface Scene {
  readonly vertices: ArrayLike<number>;
  readonly triangles: ArrayLike<number>;
  readonly albedo: ArrayLike<number>;
  readonly light: ArrayLike<number>;
}

export interface ReferenceImage {
  readonly ids: number[];
  readonly barycentrics: number[];
  readonly image: number[];
  readonly depth: number[];
  readonly normals: number[];
}

type Vector = [number, number, number];

const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vector, b: Vector): Vector => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const unit = (a: Vector): Vector => {
  const length = Math.sqrt(dot(a, a));
  return length > 0 ? [a[0] / length, a[1] / length, a[2] / length] : [0, 0, 0];
};
const row = (values: ArrayLike<number>, index: number): Vector => [values[index * 3]!, values[index * 3 + 1]!, values[index * 3 + 2]!];

/** Renders a scene; `fixedIds` holds the visible triangles fixed, for numeric derivatives. */
export function referenceRender(scene: Scene, size: number, fixedIds?: readonly number[], focal = 1015 / 224): ReferenceImage {
  const normals = referenceNormals(scene.vertices, scene.triangles);
  const result: ReferenceImage = { ids: [], barycentrics: [], image: [], depth: [], normals: [] };
  for (let pixelRow = 0; pixelRow < size; pixelRow++) {
    for (let column = 0; column < size; column++) {
      const direction: Vector = [(column + 0.5 - size / 2) / (focal * size), (size / 2 - pixelRow - 0.5) / (focal * size), -1];
      const fixed = fixedIds?.[pixelRow * size + column];
      const hit = fixed === undefined ? nearestHit(scene, direction) : fixed < 0 ? undefined : { id: fixed, ...intersect(scene, fixed, direction) };
      result.ids.push(hit?.id ?? -1);
      const weights = hit?.weights ?? [0, 0, 0];
      const corners = hit ? row(scene.triangles, hit.id) : [0, 0, 0];
      const blend = (values: ArrayLike<number>): Vector =>
        [0, 1, 2].map((axis) => corners.reduce((sum, corner, k) => sum + weights[k]! * values[corner * 3 + axis]!, 0)) as Vector;
      const normal = unit(blend(normals));
      const albedo = blend(scene.albedo);
      result.barycentrics.push(...weights);
      result.depth.push(hit?.distance ?? 0);
      result.normals.push(...normal);
      result.image.push(...[0, 1, 2].map((channel) => albedo[channel]! * referenceShade(normal, scene.light, channel)));
    }
  }
  return result;
}

function nearestHit(scene: Scene, direction: Vector): { id: number; weights: number[]; distance: number } | undefined {
  let best: { id: number; weights: number[]; distance: number } | undefined;
  for (let id = 0; id < scene.triangles.length / 3; id++) {
    const hit = intersect(scene, id, direction);
    const inside = hit.weights.every((weight) => weight >= 0) && hit.distance > 0;
    if (inside && hit.distance < (best?.distance ?? Infinity)) best = { id, ...hit };
  }
  return best;
}

/** Weights of the corners and distance along a ray whose z component is −1, from (0, 0, 10); NaN for triangles without area. */
function intersect(scene: Scene, id: number, direction: Vector): { weights: number[]; distance: number } {
  const [a, b, c] = row(scene.triangles, id).map((vertex) => row(scene.vertices, vertex)) as [Vector, Vector, Vector];
  const ab = minus(b, a);
  const ac = minus(c, a);
  const p = cross(direction, ac);
  const determinant = dot(ab, p);
  const toOrigin = minus([0, 0, 10], a);
  const q = cross(toOrigin, ab);
  const u = dot(toOrigin, p) / determinant;
  const v = dot(direction, q) / determinant;
  return { weights: [1 - u - v, u, v], distance: dot(ac, q) / determinant };
}

/** Plain average of unit face normals. */
export function referenceNormals(vertices: ArrayLike<number>, triangles: ArrayLike<number>): number[] {
  return Array.from({ length: vertices.length / 3 }, (_, vertex) => {
    let sum: Vector = [0, 0, 0];
    for (let id = 0; id < triangles.length / 3; id++) {
      const corners = row(triangles, id);
      if (!corners.includes(vertex)) continue;
      const [a, b, c] = corners.map((corner) => row(vertices, corner)) as [Vector, Vector, Vector];
      const face = unit(cross(minus(b, a), minus(c, a)));
      sum = [sum[0] + face[0], sum[1] + face[1], sum[2] + face[2]];
    }
    return unit(sum);
  }).flat();
}

/** The nine bands with their printed factors (six digits). */
export function referenceShade([x, y, z]: Vector, light: ArrayLike<number>, channel: number): number {
  const basis = [
    0.886227, -1.772454 * y, 1.772454 * z, -1.772454 * x, 2.427032 * x * y, -2.427032 * y * z,
    0.700624 * (3 * z * z - 1), -2.427032 * x * z, 1.213516 * (x * x - y * y),
  ];
  return basis.reduce((sum, value, band) => sum + value * (light[channel * 9 + band]! + (band === 0 ? 0.8 : 0)), 0);
}
