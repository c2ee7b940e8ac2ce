import { definePlugin } from '../../framework/index.js';
import { bfm2009, bfm2017, flame, ictFaceKit } from './brought-models.js';
import { examples } from './example-contracts.js';
import { cascade, decode, fit, landmarks, learnAlbedo, learned, makehuman, regress, solveHeads } from './contracts.js';
import { learnedIdentity, learnIdentity } from './identity-contracts.js';

export { cascade, decode, fit, landmarks, learnAlbedo, learned, makehuman, regress, solveHeads };

export const plugin = definePlugin({
  name: 'coarse-3dmm',
  version: '0.1.0',
  framework: '^0.1.0',
  summary: 'A linear 3D face model, its decoder, a fit by least squares and a regression network, in Deep3D conventions.',
  requires: { rasterizer: '^0.1.0' },
  stages: { cascade, decode, examples, fit, landmarks, 'learn-albedo': learnAlbedo, 'learn-identity': learnIdentity, regress, 'solve-heads': solveHeads },
  resources: { learned, 'learned-identity': learnedIdentity, makehuman, bfm2009, bfm2017, flame, 'ict-facekit': ictFaceKit },
});
