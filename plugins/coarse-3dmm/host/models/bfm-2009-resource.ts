import { implementResource } from '../../../../framework/index.js';
import { bfm2009 } from '../../brought-models.js';
import { deriveBfmFront } from './bfm-derive.js';
import { readBfmFront } from './bfm-front.js';
import { buildCached } from './build-cached.js';
import { bfm2009Source } from './resource-files.js';

export const resource = implementResource(bfm2009, {
  build: ({ path }, context) => buildCached(context, () => {
    const source = bfm2009Source(path);
    return 'front' in source ? readBfmFront(source.front) : deriveBfmFront(source.folder);
  }),
});
