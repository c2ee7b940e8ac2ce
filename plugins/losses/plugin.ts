import { definePlugin } from '../../framework/index.js';
import { coefficientConsistency, coefficientPrior, landmark, lightPrior, meshConsistency, skinVariance } from './contracts/coefficients.js';
import { attribute, identity, photometric, robustified, selfAugmentation, total } from './contracts/faces.js';
import { segmentation } from './contracts/segmentation.js';

export const plugin = definePlugin({
  name: 'losses',
  version: '0.1.0',
  framework: '^0.1.0',
  summary: 'Losses of the paper and of Deep3D; each gives one value per sample.',
  requires: { faid: '^0.1.0' },
  stages: {
    photometric, identity, attribute, robustified, 'self-augmentation': selfAugmentation, total,
    'coefficient-consistency': coefficientConsistency, 'coefficient-prior': coefficientPrior, 'light-prior': lightPrior, landmark,
    'mesh-consistency': meshConsistency, 'skin-variance': skinVariance, segmentation,
  },
});
