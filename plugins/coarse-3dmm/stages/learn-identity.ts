import { join } from 'node:path';
import { implementSink } from '../../../framework/index.js';
import { coefficientGroup } from '../host/coefficients.js';
import { denseModel } from '../host/fit/dense-model.js';
import { writeIdentity } from '../host/learn/identity-file.js';
import { identityPrior, IdentitySums } from '../host/learn/identity-prior.js';
import { learnIdentity } from '../identity-contracts.js';

export const stage = implementSink(learnIdentity, {
  async create({ options, resource, folder, log }) {
    const face = resource('face');
    const sums = new IdentitySums();
    return {
      async write({ coefficients }) {
        sums.add(coefficientGroup(coefficients.data as Float32Array, 'identity'));
      },
      async close() {
        if (sums.count === 0) return;
        const prior = identityPrior(sums, denseModel(face), options.landmarkNoise);
        log(`${sums.count} photos, variance of the fits ${sums.moments().covariance.trace().toFixed(1)}, of the prior ${prior.mixing.reduce((sum, value) => sum + value * value, 0).toFixed(1)}`);
        writeIdentity(join(folder, 'learned-identity.safetensors'), prior, { face: face.name, photos: String(sums.count) });
      },
    };
  },
});
