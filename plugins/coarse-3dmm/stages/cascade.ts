import { float32, implementDevice } from '../../../framework/index.js';
import { cascade } from '../contracts.js';
import { denseModel } from '../host/fit/dense-model.js';
import { denseNormals } from '../host/fit/dense-normals.js';
import { makeCascadeStep } from '../networks/cascade-step.js';

export const stage = implementDevice(cascade, {
  build: ({ options, resource, constant, variable }) => {
    const face = resource('face');
    const count = face.denseLandmarks.trust.length;
    const { identity, expression } = face.activeModes;
    const step = makeCascadeStep({
      mean: constant('face/points/mean-shape', () => float32(Float32Array.from(denseModel(face).mean), [count, 3])),
      basis: constant('face/points/shape', () => float32(Float32Array.from(denseModel(face).basis), [3 * count, identity + expression])),
      normals: constant('face/points/normals', () => float32(denseNormals(face), [count, 3])),
      identityModes: identity,
      expressionModes: expression,
    }, options.hidden, variable);
    return { run: ({ image, coefficients }) => ({ coefficients: step(image, coefficients) }) };
  },
});
