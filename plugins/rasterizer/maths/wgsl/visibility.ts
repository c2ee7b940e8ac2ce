/**
 * The z-buffer on a GPU, one thread a triangle, in two rounds: first the largest 1/z_c at each pixel, then the first triangle that has it.
 * Both are maxima of integers, so the result does not depend on the order of the threads.
 *
 * Differs from `host/visibility.ts` in float32: the edge functions are taken relative to the pixel centre, and depths within four units
 * of the last place are equal, because two rounds of one shader may round differently.
 */
import type { WgslForm } from '../../../../framework/device/index.js';
import { nearPlane, type Camera } from '../../host/camera.js';
import { finite } from './vectors.js';

interface View {
  readonly size: number;
  readonly camera: Camera;
}

/** Position relative to the image centre in px, y down, and 1/z_c: −1 behind the near plane, 0 for a point that is not finite. */
const projectVertices = `${finite}
fn run(row: i32) {
  let x = vertices[row * 3];
  let y = vertices[row * 3 + 1];
  let depth = u.distance - vertices[row * 3 + 2];
  let inverse = 1.0 / depth;
  let column = u.focal * x * inverse;
  let line = -u.focal * y * inverse;
  var mark = 0.0;
  if (finite(depth) && depth >= ${nearPlane} && finite(column + line)) { mark = inverse; }
  else if (finite(x + y + depth) && depth < ${nearPlane}) { mark = -1.0; }
  points[row * 3] = column;
  points[row * 3 + 1] = line;
  points[row * 3 + 2] = mark;
}`;

const geometry = `
  fn position(index: i32) -> vec2<f32> { return vec2<f32>(points[index * 3], points[index * 3 + 1]); }
  fn centreOf(pixel: vec2<i32>) -> vec2<f32> { return vec2<f32>(pixel) + 0.5 - 0.5 * f32(u.size); }
  fn area(a: vec2<f32>, b: vec2<f32>) -> f32 { return a.x * b.y - a.y * b.x; }
  // The two triangles of an edge compute it the same way round, so that no pixel falls between them.
  fn edge(a: vec2<f32>, b: vec2<f32>, indexA: i32, indexB: i32) -> f32 {
    if (indexA < indexB) { return area(a, b); }
    return -area(b, a);
  }
  fn corner(image: i32, vertex: i32) -> vec3<f32> {
    let at = (image * u.vertexCount + vertex) * 3;
    return vec3<f32>(vertices[at], vertices[at + 1], u.distance - vertices[at + 2]);
  }
  // The first and one past the last centre between two coordinates.
  fn span(low: f32, high: f32) -> vec2<i32> {
    let half = 0.5 * f32(u.size) - 0.5;
    let limit = f32(u.size);
    return vec2<i32>(i32(clamp(ceil(low + half - 1e-3), 0.0, limit)), i32(clamp(floor(high + half + 1e-3) + 1.0, 0.0, limit)));
  }`;

/** Calls `visit(pixel, 1/z_c, triangle)` for every centre in the triangle. */
const drawTriangle = `
fn run(index: i32) {
  let image = index / u.triangleCount;
  let triangle = index % u.triangleCount;
  let v = vec3<i32>(triangles[triangle * 3], triangles[triangle * 3 + 1], triangles[triangle * 3 + 2]);
  let at = v + image * u.vertexCount;
  let w = vec3<f32>(points[at.x * 3 + 2], points[at.y * 3 + 2], points[at.z * 3 + 2]);
  if (all(w > vec3<f32>(0.0))) { drawInFront(image, triangle, v, at, w); }
  else if (all(w != vec3<f32>(0.0)) && any(w > vec3<f32>(0.0))) { drawClipped(image, triangle, v); }
}
fn drawInFront(image: i32, triangle: i32, v: vec3<i32>, at: vec3<i32>, w: vec3<f32>) {
  let p0 = position(at.x);
  let p1 = position(at.y);
  let p2 = position(at.z);
  let low = min(min(p0, p1), p2);
  let high = max(max(p0, p1), p2);
  let columns = span(low.x, high.x);
  let rows = span(low.y, high.y);
  for (var row = rows.x; row < rows.y; row++) {
    for (var column = columns.x; column < columns.y; column++) {
      let centre = centreOf(vec2<i32>(column, row));
      let a = p0 - centre;
      let b = p1 - centre;
      let c = p2 - centre;
      let e = vec3<f32>(edge(b, c, v.y, v.z), edge(c, a, v.z, v.x), edge(a, b, v.x, v.y));
      let whole = e.x + e.y + e.z;
      if (whole != 0.0 && all(e * sign(whole) >= vec3<f32>(0.0))) {
        visit((image * u.size + row) * u.size + column, dot(e, w) / whole, triangle);
      }
    }
  }
}
// A triangle with corners on both sides of the near plane: homogeneous edge functions over the whole image.
fn drawClipped(image: i32, triangle: i32, v: vec3<i32>) {
  let p0 = corner(image, v.x);
  let p1 = corner(image, v.y);
  let p2 = corner(image, v.z);
  let e0 = cross(p1, p2);
  let e1 = cross(p2, p0);
  let e2 = cross(p0, p1);
  let determinant = dot(p0, e0);
  if (determinant == 0.0) { return; }
  for (var pixel = 0; pixel < u.size * u.size; pixel++) {
    let centre = centreOf(vec2<i32>(pixel % u.size, pixel / u.size)) / u.focal;
    let ray = vec3<f32>(centre.x, -centre.y, 1.0);
    let b = vec3<f32>(dot(e0, ray), dot(e1, ray), dot(e2, ray)) / determinant;
    let w = b.x + b.y + b.z;
    if (all(b >= vec3<f32>(0.0)) && w <= ${1 / nearPlane}) { visit(image * u.size * u.size + pixel, w, triangle); }
  }
}`;

const keepNearest = 'fn visit(pixel: i32, w: f32, triangle: i32) { atomicMax(&nearest[pixel], bitcast<u32>(max(w, 0.0))); }';
/** Kept as the distance from the end of the list, so that 0 means none. */
const keepFirst = `fn visit(pixel: i32, w: f32, triangle: i32) {
  if (w > 0.0 && bitcast<u32>(w) + 4u >= atomicLoad(&nearest[pixel])) { atomicMax(&first[pixel], u.triangleCount - triangle); }
}`;

export const visibilityWgsl: WgslForm<View> = ({ inputs: [vertices, triangles], attributes: { size, camera } }) => {
  const [batch, vertexCount] = vertices!.shape as [number, number];
  const triangleCount = triangles!.shape[0]!;
  const pixels = batch * size * size;
  return {
    results: ['ids', 'coverage'],
    integers: { vertexCount, triangleCount, size },
    numbers: { focal: camera.focal * size, distance: camera.distance },
    scratch: {
      points: { type: 'f32', size: batch * vertexCount * 3 },
      nearest: { type: 'atomic<u32>', size: pixels },
      first: { type: 'atomic<i32>', size: pixels },
    },
    passes: [
      { count: batch * vertexCount, code: projectVertices },
      { count: batch * triangleCount, code: geometry + keepNearest + drawTriangle },
      { count: batch * triangleCount, code: geometry + keepFirst + drawTriangle },
      {
        count: pixels,
        code: `fn run(pixel: i32) {
          let last = atomicLoad(&first[pixel]);
          ids[pixel] = select(-1, u.triangleCount - last, last > 0);
          coverage[pixel] = select(0.0, 1.0, last > 0);
        }`,
      },
    ],
  };
};
