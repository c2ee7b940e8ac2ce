import { float32, implementDevice } from '../../../framework/index.js';
import { landmarks } from '../contracts.js';
import { expressionCount, identityCount } from '../host/coefficients.js';
import { projectPoints } from '../maths/camera.js';
import { faceShape } from '../maths/linear-face-model.js';
import { poseVertices } from '../maths/rotation.js';
import { sliceOf } from '../maths/slice-of.js';

export const stage = implementDevice(landmarks, {
  build: ({ options, resource, constant }) => {
    const face = resource('face');
    const rowsOf = (field: Float32Array, width: number): Float32Array => {
      const rows = new Float32Array(68 * width);
      face.landmarks.forEach((vertex, index) => rows.set(field.subarray(vertex * width, (vertex + 1) * width), index * width));
      return rows;
    };
    const bases = {
      meanShape: constant('face/landmarks/mean-shape', () => float32(rowsOf(face.meanShape, 3), [68, 3])),
      identity: constant('face/landmarks/identity', () => float32(rowsOf(face.identityBasis, 3 * identityCount), [204, identityCount])),
      expression: constant('face/landmarks/expression', () => float32(rowsOf(face.expressionBasis, 3 * expressionCount), [204, expressionCount])),
    };
    return {
      run: ({ coefficients }) => {
        const shape = faceShape(bases, sliceOf(coefficients, 'identity'), sliceOf(coefficients, 'expression'));
        return { landmarks: projectPoints(poseVertices(shape, sliceOf(coefficients, 'angles'), sliceOf(coefficients, 'translation')), options.size) };
      },
    };
  },
});
