import { implementDevice } from '../../../framework/index.js';
import { cosine } from '../maths/cosine.js';
import { identitySimilarity } from '../plugin.js';

export const stage = implementDevice(identitySimilarity, {
  build: () => ({ run: ({ features, reference }) => ({ similarity: cosine(features, reference) }) }),
});
