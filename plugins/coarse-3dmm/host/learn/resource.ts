import { implementResource } from '../../../../framework/index.js';
import { learned } from '../../plugin.js';
import { albedoCount } from '../coefficients.js';
import { carryColours, colourLevel } from '../makehuman/carry-colours.js';
import { levels } from '../makehuman/levels.js';
import { resource as makehuman } from '../makehuman/resource.js';
import { digestOf } from '../model-file.js';
import { readAlbedo } from './albedo-file.js';
import { albedoPath } from './albedo-path.js';

/** The built model, with the albedo of the file in the place of the painted one. */
export const resource = implementResource(learned, {
  async build({ level, albedo }, context) {
    const built = await makehuman.build({ level }, context);
    const { meanAlbedo, albedoBasis } = await readAlbedo(albedoPath(albedo), levels[colourLevel].vertices);
    const model = {
      ...built,
      name: `${built.name}-learned`,
      meanAlbedo: carryColours(level, meanAlbedo, 3),
      albedoBasis: carryColours(level, albedoBasis, 3 * albedoCount),
      activeModes: { ...built.activeModes, albedo: albedoCount },
    };
    return { ...model, digest: digestOf(model) };
  },
});
