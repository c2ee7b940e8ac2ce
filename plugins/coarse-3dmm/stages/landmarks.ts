import { tf, type Tensor } from '../../../framework/device/index.js';
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
        const angles = sliceOf(coefficients, 'angles');
        const found = projectPoints(poseVertices(shape, angles, sliceOf(coefficients, 'translation')), options.size);
        return { landmarks: found, box: boxOf(found), yaw: tf.reshape(tf.slice(angles, [0, 1], [-1, 1]), [-1]) };
      },
    };
  },
});

/** Left, top, width and height of points [B, N, 2] → [B, 4]. */
function boxOf(points: Tensor): Tensor {
  const low = tf.min(points, 1);
  return tf.concat([low, tf.sub(tf.max(points, 1), low)], 1);
}
