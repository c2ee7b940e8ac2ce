import { implementResource } from '../../../../framework/index.js';
import { ictFaceKit } from '../../brought-models.js';
import { buildCached } from './build-cached.js';
import { readIctFaceKit, type IctRegion } from './ict-facekit.js';

export const resource = implementResource(ictFaceKit, {
  build: ({ path, region }, context) => buildCached(context, () => readIctFaceKit(path, region as IctRegion)),
});
