import type { KernelOutput, WgslForm } from '../../../../framework/device/index.js';
import { inverseLength, reader, writer } from './vectors.js';

const rowsOf = ({ shape }: KernelOutput): number => shape.slice(0, -1).reduce((product, extent) => product * extent, 1);

export const unitVectorsWgsl: WgslForm<object> = ({ outputs: [result] }) => ({
  results: ['result'],
  functions: inverseLength + reader('vectors') + writer('result'),
  passes: [{
    count: rowsOf(result!),
    code: `fn run(row: i32) {
      let v = read_vectors(row);
      write_result(row, v * inverseLength(v));
    }`,
  }],
});

export const unitVectorsGradientWgsl: WgslForm<object> = ({ outputs: [result] }) => ({
  results: ['result'],
  functions: inverseLength + reader('vectors') + reader('dy') + writer('result'),
  passes: [{
    count: rowsOf(result!),
    code: `fn run(row: i32) {
      let v = read_vectors(row);
      let inverse = inverseLength(v);
      let direction = v * inverse;
      let slope = read_dy(row);
      write_result(row, (slope - direction * dot(direction, slope)) * inverse);
    }`,
  }],
});
