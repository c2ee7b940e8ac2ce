import { resolve } from 'node:path';
import { implementResource } from '../../../../framework/index.js';
import { learnedIdentity } from '../../identity-contracts.js';
import { digestOf } from '../model-file.js';
import { readIdentity } from './identity-file.js';
import { withIdentityPrior } from './identity-prior.js';
import { resource as learned } from './resource.js';

/** The model with the learned albedo, its identity modes mixed anew. */
export const resource = implementResource(learnedIdentity, {
  async build({ level, albedo, identity }, context) {
    const built = await learned.build({ level, albedo }, context);
    const model = { ...built, ...withIdentityPrior(built, await readIdentity(resolve(identity))), name: `${built.name}-identity` };
    return { ...model, digest: digestOf(model) };
  },
});
