import type { WgslForm } from '../../../../framework/device/index.js';
import { ambientStart, factor0, factor1, factor2, factor20, factor22 } from '../../host/spherical-harmonics.js';
import { reader, writer } from './vectors.js';

const basis = `
  fn basis(n: vec3<f32>) -> array<f32, 9> {
    return array<f32, 9>(
      ${factor0}, ${-factor1} * n.y, ${factor1} * n.z, ${-factor1} * n.x, ${factor2} * n.x * n.y, ${-factor2} * n.y * n.z,
      ${factor20} * (3.0 * n.z * n.z - 1.0), ${-factor2} * n.x * n.z, ${factor22} * (n.x * n.x - n.y * n.y),
    );
  }`;

export const shadeWgsl: WgslForm<object> = ({ inputs: [normals] }) => {
  const [batch, count] = normals!.shape as [number, number];
  return {
    results: ['result'],
    integers: { normalCount: count },
    functions: basis + reader('normals'),
    passes: [{
      count: batch * count,
      code: `fn run(row: i32) {
        var values = basis(read_normals(row));
        let image = row / u.normalCount;
        for (var channel = 0; channel < 3; channel++) {
          let first = image * 27 + channel * 9;
          var sum = values[0] * (light[first] + ${ambientStart});
          for (var band = 1; band < 9; band++) { sum += values[band] * light[first + band]; }
          result[row * 3 + channel] = sum;
        }
      }`,
    }],
  };
};

/** Threads that sum a part of an image's normals each. */
const parts = 64;

export const shadeGradientWgsl: WgslForm<object> = ({ inputs: [normals] }) => {
  const [batch, count] = normals!.shape as [number, number];
  return {
    results: ['toNormals', 'toLight'],
    integers: { normalCount: count },
    scratch: { sums: { type: 'f32', size: batch * parts * 27 } },
    functions: basis + reader('normals') + reader('dy') + writer('toNormals'),
    passes: [{
      count: batch * count,
      code: `fn run(row: i32) {
        let n = read_normals(row);
        let slope = read_dy(row);
        var total = vec3<f32>(0.0);
        for (var channel = 0; channel < 3; channel++) {
          let l = (row / u.normalCount) * 27 + channel * 9;
          total += slope[channel] * vec3<f32>(
            ${-factor1} * light[l + 3] + ${factor2} * light[l + 4] * n.y - ${factor2} * light[l + 7] * n.z + ${2 * factor22} * light[l + 8] * n.x,
            ${-factor1} * light[l + 1] + ${factor2} * light[l + 4] * n.x - ${factor2} * light[l + 5] * n.z - ${2 * factor22} * light[l + 8] * n.y,
            ${factor1} * light[l + 2] - ${factor2} * light[l + 5] * n.y + ${6 * factor20} * light[l + 6] * n.z - ${factor2} * light[l + 7] * n.x,
          );
        }
        write_toNormals(row, total);
      }`,
    }, {
      count: batch * parts,
      code: `fn run(index: i32) {
        let image = index / ${parts};
        var total: array<f32, 27>;
        for (var at = index % ${parts}; at < u.normalCount; at += ${parts}) {
          let row = image * u.normalCount + at;
          var values = basis(read_normals(row));
          let slope = read_dy(row);
          for (var k = 0; k < 27; k++) { total[k] += slope[k / 9] * values[k % 9]; }
        }
        for (var k = 0; k < 27; k++) { sums[index * 27 + k] = total[k]; }
      }`,
    }, {
      count: batch * 27,
      code: `fn run(index: i32) {
        let first = (index / 27) * ${parts} * 27 + index % 27;
        var sum = 0.0;
        for (var part = 0; part < ${parts}; part++) { sum += sums[first + part * 27]; }
        toLight[index] = sum;
      }`,
    }],
  };
};
