import { implementDevice, int32 } from '../../../framework/index.js';
import { meshLevels } from '../host/mesh-levels.js';
import { albedoBlender } from '../networks/albedo-blender.js';
import { blend } from '../plugin.js';

export const stage = implementDevice(blend, {
  build: ({ options, resource, variable, constant }) => {
    const { triangles, meanShape, mirror } = resource('face');
    const levels = meshLevels({ positions: meanShape, triangles }, options.pooled ? 1 : 0);
    const network = albedoBlender(variable, levels, constant('face/mirror', () => int32(mirror, [mirror.length])), options);
    return { run: (inputs) => ({ ...network(inputs) }) };
  },
});
