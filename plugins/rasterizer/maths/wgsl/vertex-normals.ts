import type { WgslCall, WgslForm, WgslProgram } from '../../../../framework/device/index.js';
import { incidence } from './incidence.js';
import { finite, inverseLength, reader, writer } from './vectors.js';

/** Unit normals of the triangles, with 1 / |cross| as a fourth number, and their sum at each vertex. */
const shared = `
  ${inverseLength}
  ${reader('vertices')}
  fn corner(mesh: i32, triangle: i32, k: i32) -> vec3<f32> { return read_vertices(mesh * u.vertexCount + triangles[triangle * 3 + k]); }
  fn normalSum(mesh: i32, vertex: i32) -> vec3<f32> {
    var sum = vec3<f32>(0.0);
    for (var at = corners[vertex]; at < corners[vertex + 1]; at++) {
      let face = (mesh * u.triangleCount + corners[at] / 3) * 4;
      sum += vec3<f32>(faces[face], faces[face + 1], faces[face + 2]);
    }
    return sum;
  }`;

const faceNormals = `${finite}
fn run(index: i32) {
  let mesh = index / u.triangleCount;
  let triangle = index % u.triangleCount;
  let middle = corner(mesh, triangle, 1);
  var normal = cross(corner(mesh, triangle, 0) - middle, middle - corner(mesh, triangle, 2));
  // A corner that is not finite leaves the neighbours as they are.
  if (!finite(dot(normal, normal))) { normal = vec3<f32>(0.0); }
  let inverse = inverseLength(normal);
  faces[index * 4] = normal.x * inverse;
  faces[index * 4 + 1] = normal.y * inverse;
  faces[index * 4 + 2] = normal.z * inverse;
  faces[index * 4 + 3] = inverse;
}`;

function common(call: WgslCall<object>): Pick<WgslProgram, 'results' | 'integers' | 'constants'> & { readonly faceCount: number; readonly rowCount: number } {
  const [batch, vertexCount] = call.inputs[0]!.shape as [number, number];
  const triangleCount = call.inputs[1]!.shape[0]!;
  return {
    results: ['result'],
    integers: { vertexCount, triangleCount },
    constants: { corners: incidence(call.hostValues('triangles'), vertexCount) },
    faceCount: batch * triangleCount,
    rowCount: batch * vertexCount,
  };
}

export const vertexNormalsWgsl: WgslForm<object> = (call) => {
  const { faceCount, rowCount, ...program } = common(call);
  return {
    ...program,
    scratch: { faces: { type: 'f32', size: faceCount * 4 } },
    functions: shared + writer('result'),
    passes: [
      { count: faceCount, code: faceNormals },
      {
        count: rowCount,
        code: `fn run(row: i32) {
          let sum = normalSum(row / u.vertexCount, row % u.vertexCount);
          write_result(row, sum * inverseLength(sum));
        }`,
      },
    ],
  };
};

/** By the sum s of a vertex, through s / |s|. */
const bySum = `${reader('dy')} ${writer('bySum')}
fn run(row: i32) {
  let sum = normalSum(row / u.vertexCount, row % u.vertexCount);
  let inverse = inverseLength(sum);
  let slope = read_dy(row);
  write_bySum(row, (slope - sum * (dot(sum, slope) * inverse * inverse)) * inverse);
}`;

/** By the cross product of a triangle, through the unit normal. */
const byCross = `${reader('bySum')} ${writer('byCross')}
fn run(index: i32) {
  let first = (index / u.triangleCount) * u.vertexCount;
  let at = (index % u.triangleCount) * 3;
  let slope = read_bySum(first + triangles[at]) + read_bySum(first + triangles[at + 1]) + read_bySum(first + triangles[at + 2]);
  let normal = vec3<f32>(faces[index * 4], faces[index * 4 + 1], faces[index * 4 + 2]);
  write_byCross(index, (slope - normal * dot(normal, slope)) * faces[index * 4 + 3]);
}`;

/** With c = a × b, a = v₀ − v₁, b = v₁ − v₂ and h = ∂F/∂c: ∂a = b × h, ∂b = h × a. */
const byVertex = `${reader('byCross')} ${writer('result')}
fn run(row: i32) {
  let mesh = row / u.vertexCount;
  let vertex = row % u.vertexCount;
  var sum = vec3<f32>(0.0);
  for (var at = corners[vertex]; at < corners[vertex + 1]; at++) {
    let triangle = corners[at] / 3;
    let k = corners[at] % 3;
    if (faces[(mesh * u.triangleCount + triangle) * 4 + 3] == 0.0) { continue; }
    let h = read_byCross(mesh * u.triangleCount + triangle);
    let middle = corner(mesh, triangle, 1);
    let toFirst = cross(middle - corner(mesh, triangle, 2), h);
    let toSecond = cross(h, corner(mesh, triangle, 0) - middle);
    sum += select(select(-toSecond, toSecond - toFirst, k == 1), toFirst, k == 0);
  }
  write_result(row, sum);
}`;

export const vertexNormalsGradientWgsl: WgslForm<object> = (call) => {
  const { faceCount, rowCount, ...program } = common(call);
  return {
    ...program,
    scratch: {
      faces: { type: 'f32', size: faceCount * 4 }, bySum: { type: 'f32', size: rowCount * 3 }, byCross: { type: 'f32', size: faceCount * 3 },
    },
    functions: shared,
    passes: [
      { count: faceCount, code: faceNormals },
      { count: rowCount, code: bySum },
      { count: faceCount, code: byCross },
      { count: rowCount, code: byVertex },
    ],
  };
};
