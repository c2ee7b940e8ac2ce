import { float32, implementDevice } from '../../../framework/index.js';
import type { Tensor } from '../../../framework/device/index.js';
import { cascade } from '../contracts.js';
import { acrossOpenings, type FacePoints } from '../host/fit/across-openings.js';
import { denseModel } from '../host/fit/dense-model.js';
import { denseNormals } from '../host/fit/dense-normals.js';
import { makeCascadeStep, type Places } from '../networks/cascade-step.js';

export const stage = implementDevice(cascade, {
  build: ({ options, resource, constant, variable }) => {
    const face = resource('face');
    const modes = face.activeModes;
    let read: FacePoints | undefined;
    const points = (): FacePoints => (read ??= { ...denseModel(face), normals: denseNormals(face) });
    const places = (name: string, at: () => FacePoints, shrink: number): Places => {
      const share = (part: 'mean' | 'basis' | 'normals', width: number): Tensor => constant(`face/${name}/${part}`, () => {
        const values = Float32Array.from(at()[part]);
        return float32(values, [values.length / width, width]);
      });
      return { mean: share('mean', 3), basis: share('basis', modes.identity + modes.expression), normals: share('normals', 3), shrink };
    };
    const looksAt = [places('points', points, 2)];
    if (options.openings) looksAt.push(places('openings', () => acrossOpenings(points()), 1));
    const step = makeCascadeStep(looksAt, modes, options, variable);
    return {
      run: ({ image, coefficients }) => {
        const features = step.features(image, coefficients);
        return { coefficients: step.correct(coefficients, features), features };
      },
    };
  },
});
