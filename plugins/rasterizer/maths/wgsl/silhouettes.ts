/** `host/silhouettes.ts` for GPUs, one thread a pair of pixels. */
import type { WgslForm } from '../../../../framework/device/index.js';
import { nearPlane, type Camera } from '../../host/camera.js';
import { finite } from './vectors.js';

interface View {
  readonly size: number;
  readonly camera: Camera;
}

/** Column, row and 1/z_c; 0 for what lies behind the near plane, which has no place on the screen. */
const projectVertices = `${finite}
fn run(row: i32) {
  let depth = u.distance - vertices[row * 3 + 2];
  let sound = finite(vertices[row * 3] + vertices[row * 3 + 1] + depth);
  let inverse = select(0.0, 1.0 / depth, sound && depth >= ${nearPlane});
  points[row * 3] = 0.5 * f32(u.size) + u.focal * vertices[row * 3] * inverse;
  points[row * 3 + 1] = 0.5 * f32(u.size) - u.focal * vertices[row * 3 + 1] * inverse;
  points[row * 3 + 2] = inverse;
}`;

const geometry = `
  fn corner(triangle: i32, k: i32) -> i32 { return triangles[triangle * 3 + k]; }
  fn point(image: i32, vertex: i32) -> vec3<f32> {
    let at = (image * u.vertexCount + vertex) * 3;
    return vec3<f32>(points[at], points[at + 1], points[at + 2]);
  }
  fn cross2(a: vec2<f32>, b: vec2<f32>) -> f32 { return a.x * b.y - b.x * a.y; }
  // 1/z_c of a triangle's plane at a point of the image; negative where a corner has no place on the screen.
  fn inverseDepth(image: i32, triangle: i32, at: vec2<f32>) -> f32 {
    let p0 = point(image, corner(triangle, 0)) - vec3<f32>(at, 0.0);
    let p1 = point(image, corner(triangle, 1)) - vec3<f32>(at, 0.0);
    let p2 = point(image, corner(triangle, 2)) - vec3<f32>(at, 0.0);
    let e = vec3<f32>(cross2(p1.xy, p2.xy), cross2(p2.xy, p0.xy), cross2(p0.xy, p1.xy));
    let w = vec3<f32>(p0.z, p1.z, p2.z);
    return select(-1.0, dot(e, w) / (e.x + e.y + e.z), all(w > vec3<f32>(0.0)));
  }
  fn thirdCorner(triangle: i32, v: i32, w: i32) -> i32 {
    for (var k = 0; k < 2; k++) {
      if (corner(triangle, k) != v && corner(triangle, k) != w) { return corner(triangle, k); }
    }
    return corner(triangle, 2);
  }
  fn foldsBack(image: i32, v: i32, w: i32, a: i32, b: i32) -> bool {
    let origin = point(image, v).xy;
    let edge = point(image, w).xy - origin;
    let pa = point(image, a);
    let pb = point(image, b);
    return pa.z > 0.0 && pb.z > 0.0 && cross2(edge, pa.xy - origin) * cross2(edge, pb.xy - origin) > 0.0;
  }`;

/** From the nearer centre along the line of centres to where its surface ends. */
const walk = `
  fn walk(image: i32, start: i32, goal: i32, centre: vec2<f32>, axis: i32, direction: f32) -> vec2<i32> {
    let other = 1 - axis;
    let none = vec2<i32>(-1);
    var triangle = start;
    var entry = none;
    for (var step = 0; step < 512; step++) {
      var edge = -1;
      var leaves = -1e30;
      for (var k = 0; k < 3; k++) {
        let v = corner(triangle, k);
        let w = corner(triangle, (k + 1) % 3);
        let pv = point(image, v);
        let pw = point(image, w);
        let bv = pv[other] - centre[other];
        let bw = pw[other] - centre[other];
        let cameBy = (v == entry.x && w == entry.y) || (v == entry.y && w == entry.x);
        if (pv.z == 0.0 || pw.z == 0.0 || (bv >= 0.0) == (bw >= 0.0) || cameBy) { continue; }
        let av = (pv[axis] - centre[axis]) * direction;
        let aw = (pw[axis] - centre[axis]) * direction;
        let crossing = (av * bw - aw * bv) / (bw - bv);
        if (crossing > leaves) { edge = k; leaves = crossing; }
      }
      if (edge < 0 || leaves > 1.0) { return none; }
      let ends = vec2<i32>(corner(triangle, edge), corner(triangle, (edge + 1) % 3));
      let next = neighbours[triangle * 3 + edge];
      var ended = next < 0;
      if (!ended) { ended = foldsBack(image, ends.x, ends.y, corner(triangle, (edge + 2) % 3), thirdCorner(next, ends.x, ends.y)); }
      if (ended) {
        let extent = abs(point(image, ends.y).xy - point(image, ends.x).xy);
        if ((axis == 0 && extent.y >= extent.x) || (axis == 1 && extent.x > extent.y)) { return ends; }
        return none;
      }
      if (next == goal) { return none; }
      triangle = next;
      entry = ends;
    }
    return none;
  }
  fn findEdge(image: i32, first: i32, second: i32, centre: vec2<f32>, axis: i32) -> vec2<i32> {
    let next = centre + select(vec2<f32>(0.0, 1.0), vec2<f32>(1.0, 0.0), axis == 0);
    var fromFirst = second < 0;
    if (first >= 0 && second >= 0) {
      let own = inverseDepth(image, first, centre);
      let others = inverseDepth(image, second, next);
      fromFirst = own > 0.0 && others > 0.0 && own >= others;
    }
    if (fromFirst) { return walk(image, first, second, centre, axis, 1.0); }
    return walk(image, second, first, next, axis, -1.0);
  }`;

export const silhouettesWgsl: WgslForm<View> = ({ inputs: [vertices], attributes: { size, camera } }) => {
  const [batch, vertexCount] = vertices!.shape as [number, number];
  return {
    results: ['edges'],
    integers: { vertexCount, size },
    numbers: { focal: camera.focal * size, distance: camera.distance },
    scratch: { points: { type: 'f32', size: batch * vertexCount * 3 } },
    passes: [
      { count: batch * vertexCount, code: projectVertices },
      {
        count: batch * size * size * 2,
        code: `${geometry} ${walk}
        fn run(index: i32) {
          let axis = index % 2;
          let pixel = index / 2;
          let at = vec2<i32>(pixel % u.size, (pixel / u.size) % u.size);
          var ends = vec2<i32>(-1);
          if (at[axis] + 1 < u.size) {
            let first = ids[pixel];
            let second = ids[pixel + select(u.size, 1, axis == 0)];
            if (first != second) { ends = findEdge(pixel / (u.size * u.size), first, second, vec2<f32>(at) + 0.5, axis); }
          }
          edges[index * 2] = ends.x;
          edges[index * 2 + 1] = ends.y;
        }`,
      },
    ],
  };
};
