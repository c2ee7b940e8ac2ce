import { implementHost, SampleError } from '../../../framework/index.js';
import { label } from '../plugin.js';

export const stage = implementHost(label, {
  create: async ({ options }) => ({
    run({ truth }) {
      const found = truth?.labels[options.name];
      if (found !== undefined && found !== '') return { label: String(found) };
      const known = Object.keys(truth?.labels ?? {});
      throw new SampleError(`The data set says nothing of "${options.name}" for this photo.`, {
        reason: 'no-truth', expected: known.length ? `one of ${known.join(', ')}` : 'a CSV index with that column',
      });
    },
  }),
});
