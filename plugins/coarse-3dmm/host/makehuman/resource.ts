import { join } from 'node:path';
import { implementResource } from '../../../../framework/index.js';
import { readFaceModel, writeFaceModel } from '../model-file.js';
import { makehuman } from '../../plugin.js';

/** Reads the model from the cache folder, or builds it and leaves it there. */
export const resource = implementResource(makehuman, {
  async build({ level }, { cacheFolder, log }) {
    const path = join(cacheFolder, `${level}.face`);
    const cached = await readFaceModel(path);
    if (cached) return cached;
    const { buildModel } = await import('./build-model.js');
    const model = await buildModel(level, log);
    await writeFaceModel(path, model);
    return model;
  },
});
