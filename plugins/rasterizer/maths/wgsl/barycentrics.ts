import type { WgslForm } from '../../../../framework/device/index.js';
import type { Camera } from '../../host/camera.js';
import { footprintPass, footprintScratch, forEachPixel } from './footprint.js';
import { incidence } from './incidence.js';
import { reader, writer } from './vectors.js';

interface View {
  readonly size: number;
  readonly camera: Camera;
}

/** The corners of a pixel's triangle relative to the ray d = (X, Y, 1) through its centre, as in `host/barycentrics.ts`. */
const relative = `
  struct Relative { x: vec3<f32>, y: vec3<f32>, e: vec3<f32> }
  ${reader('vertices')}
  fn ray(pixel: i32) -> vec2<f32> {
    let column = f32(pixel % u.width) + 0.5;
    let row = f32((pixel / u.width) % u.height) + 0.5;
    return vec2<f32>(column - 0.5 * f32(u.width), 0.5 * f32(u.height) - row) * u.scale;
  }
  fn relativeTo(d: vec2<f32>, image: i32, triangle: i32) -> Relative {
    var x: vec3<f32>;
    var y: vec3<f32>;
    for (var k = 0; k < 3; k++) {
      let p = read_vertices(image * u.vertexCount + triangles[triangle * 3 + k]);
      x[k] = p.x - d.x * (u.distance - p.z);
      y[k] = p.y - d.y * (u.distance - p.z);
    }
    return Relative(x, y, x.yzx * y.zxy - y.yzx * x.zxy);
  }`;

export const barycentricsWgsl: WgslForm<View> = ({ inputs: [vertices, , ids], attributes: { size, camera } }) => {
  const batch = ids!.shape[0]!;
  return {
    results: ['result'],
    integers: { vertexCount: vertices!.shape[1]!, width: size, height: size },
    numbers: { scale: 1 / (camera.focal * size), distance: camera.distance },
    functions: relative + writer('result'),
    passes: [{
      count: batch * size * size,
      code: `fn run(pixel: i32) {
        let triangle = ids[pixel];
        var weights = vec3<f32>(0.0);
        if (triangle >= 0) {
          let e = relativeTo(ray(pixel), pixel / (u.width * u.height), triangle).e;
          weights = e / (e.x + e.y + e.z);
        }
        write_result(pixel, weights);
      }`,
    }],
  };
};

export const barycentricsGradientWgsl: WgslForm<View> = (call) => {
  const vertexCount = call.inputs[0]!.shape[1]!;
  const triangleCount = call.inputs[1]!.shape[0]!;
  const batch = call.inputs[2]!.shape[0]!;
  const { size, camera } = call.attributes;
  return {
    results: ['result'],
    integers: { vertexCount, triangleCount, width: size, height: size },
    numbers: { scale: 1 / (camera.focal * size), distance: camera.distance },
    constants: { corners: incidence(call.hostValues('triangles'), vertexCount) },
    scratch: footprintScratch(batch, triangleCount),
    passes: [
      footprintPass(batch, size, size),
      {
        count: batch * vertexCount,
        code: `${relative} ${reader('dy')} ${writer('result')}
        fn slopes(pixel: i32, image: i32, triangle: i32, k: i32) -> vec3<f32> {
          let d = ray(pixel);
          let p = relativeTo(d, image, triangle);
          let g = read_dy(pixel);
          let whole = p.e.x + p.e.y + p.e.z;
          let toX = -dot(g, p.y.yzx - p.y.zxy);
          let toY = dot(g, p.x.yzx - p.x.zxy);
          return vec3<f32>(toX, toY, d.x * toX + d.y * toY) * (p.e[k] / (whole * whole));
        }
        fn run(index: i32) {
          let image = index / u.vertexCount;
          let vertex = index % u.vertexCount;
          var sum = vec3<f32>(0.0);
          for (var at = corners[vertex]; at < corners[vertex + 1]; at++) {
            let triangle = corners[at] / 3;
            let k = corners[at] % 3;
            ${forEachPixel('sum += slopes(pixel, image, triangle, k);')}
          }
          write_result(index, sum);
        }`,
      },
    ],
  };
};
