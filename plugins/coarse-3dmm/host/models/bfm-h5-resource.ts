import { implementResource } from '../../../../framework/index.js';
import { bfm2017 } from '../../brought-models.js';
import { readBfmH5 } from './bfm-h5.js';
import { buildCached } from './build-cached.js';

export const resource = implementResource(bfm2017, {
  build: ({ path, ...counts }, context) => buildCached(context, () => readBfmH5(path, counts)),
});
