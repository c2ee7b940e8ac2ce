import { float32, implementHost, SampleError } from '../../../framework/index.js';
import { fit } from '../contracts.js';
import { coefficientCount } from '../host/coefficients.js';
import { denseModel } from '../host/fit/dense-model.js';
import { fitFace } from '../host/fit/fit-face.js';

export const stage = implementHost(fit, {
  async create({ options, resource }) {
    const face = resource('face');
    const dense = denseModel(face);
    return {
      run({ image, landmarks, mask, located }) {
        if (located === 'box') {
          throw new SampleError('The landmarks of this face were not found, only its box: there is nothing to fit to.', {
            reason: 'landmarks-unsure', cure: 'use a photo in which less of the face is covered or turned away, or coefficients from `coarse-3dmm/regress`',
          });
        }
        if (!landmarks.data.every(Number.isFinite)) {
          throw new SampleError('The landmarks of this face are not finite.', { cure: 'Check the stage that finds them.' });
        }
        const input = { image: image.data, landmarks: landmarks.data, mask: mask.data, size: image.shape[0]! };
        const { coefficients, residual } = fitFace(face, dense, input, options);
        if (!coefficients.every(Number.isFinite)) {
          throw new SampleError('No face fits these landmarks.', { expected: 'landmarks of one upright face', got: 'a fit that diverged' });
        }
        return { coefficients: float32(coefficients, [coefficientCount]), residual: float32([residual], []) };
      },
    };
  },
});
