import { float32, implementDevice, int32 } from '../../../framework/index.js';
import { gatherRows, type Tensor } from '../../../framework/device/index.js';
import { decode } from '../contracts.js';
import { albedoCount, expressionCount, identityCount, type CoefficientGroup } from '../host/coefficients.js';
import { projectPoints } from '../maths/camera.js';
import { sliceOf } from '../maths/slice-of.js';
import { faceAlbedo, faceShape } from '../maths/linear-face-model.js';
import { poseVertices } from '../maths/rotation.js';

export const stage = implementDevice(decode, {
  build: ({ options, resource, constant }) => {
    const face = resource('face');
    const rows = face.vertexCount * 3;
    const bases = {
      meanShape: constant('face/mean-shape', () => float32(face.meanShape, [face.vertexCount, 3])),
      identity: constant('face/identity', () => float32(face.identityBasis, [rows, identityCount])),
      expression: constant('face/expression', () => float32(face.expressionBasis, [rows, expressionCount])),
    };
    const meanAlbedo = constant('face/mean-albedo', () => float32(face.meanAlbedo, [face.vertexCount, 3]));
    const albedoBasis = constant('face/albedo', () => float32(face.albedoBasis, [rows, albedoCount]));
    const landmarks = constant('face/landmarks', () => int32(face.landmarks, [68]));
    return {
      run: ({ coefficients }) => {
        const part = (group: CoefficientGroup): Tensor => sliceOf(coefficients, group);
        const shape = faceShape(bases, part('identity'), part('expression'));
        const vertices = poseVertices(shape, part('angles'), part('translation'));
        return {
          vertices,
          albedo: faceAlbedo(meanAlbedo, albedoBasis, part('albedo')),
          light: part('light'),
          landmarks: projectPoints(gatherRows(vertices, landmarks), options.size),
          shape,
        };
      },
    };
  },
});
