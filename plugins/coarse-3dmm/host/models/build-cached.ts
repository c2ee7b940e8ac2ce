import { join } from 'node:path';
import type { ResourceContext } from '../../../../framework/index.js';
import type { FaceModel } from '../face-model.js';
import { resource as makehuman } from '../makehuman/resource.js';
import { readFaceModel, writeFaceModel } from '../model-file.js';
import { completeModel } from './complete-model.js';
import type { RawModel } from './raw-model.js';

/** The model of the resource's cache folder; when there is none, it is read, completed from the built model, and left there. */
export async function buildCached(context: ResourceContext, read: () => Promise<RawModel>): Promise<FaceModel> {
  const path = join(context.cacheFolder, 'model.face');
  const cached = await readFaceModel(path);
  if (cached) return cached;
  context.log('face model: reading its files');
  const raw = await read();
  const model = completeModel(raw, await makehuman.build({ level: 'small' }, context));
  await writeFaceModel(path, model);
  return model;
}
