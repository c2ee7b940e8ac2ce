import { implementResource } from '../../../../framework/index.js';
import { flame } from '../../brought-models.js';
import { buildCached } from './build-cached.js';
import { readFlame } from './flame.js';

export const resource = implementResource(flame, {
  build: ({ path }, context) => buildCached(context, () => readFlame(path)),
});
