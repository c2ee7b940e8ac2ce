import { float32, implementDevice } from '../../../framework/index.js';
import { cascade } from '../contracts.js';
import { acrossOpenings } from '../host/fit/across-openings.js';
import { denseModel } from '../host/fit/dense-model.js';
import { denseNormals } from '../host/fit/dense-normals.js';
import { makeCascadeStep, type Places } from '../networks/cascade-step.js';

export const stage = implementDevice(cascade, {
  build: ({ options, resource, constant, variable }) => {
    const face = resource('face');
    const modes = face.activeModes;
    const width = modes.identity + modes.expression;
    const points = (): { mean: Float64Array; basis: Float64Array; normals: Float32Array } => ({ ...denseModel(face), normals: denseNormals(face) });
    const places = (name: string, count: number, shrink: number, make: typeof points): Places => ({
      mean: constant(`face/${name}/mean-shape`, () => float32(Float32Array.from(make().mean), [count, 3])),
      basis: constant(`face/${name}/shape`, () => float32(Float32Array.from(make().basis), [3 * count, width])),
      normals: constant(`face/${name}/normals`, () => float32(make().normals, [count, 3])),
      shrink,
    });
    const looksAt = [places('points', face.denseLandmarks.trust.length, 2, points)];
    if (options.openings) looksAt.push(places('openings', acrossOpenings.count, 1, () => acrossOpenings.of(points(), width)));
    const step = makeCascadeStep(looksAt, modes, options.hidden, variable);
    return {
      run: ({ image, coefficients }) => {
        const features = step.features(image, coefficients);
        return { coefficients: step.correct(coefficients, features), features };
      },
    };
  },
});
